targetScope = 'subscription'

metadata description = 'Claims Orchestrator: everything that one environment of it needs, in a resource group of its own.'

@minLength(1)
@maxLength(32)
@description('Name of the environment, such as dev or prod. Names of resources derive from it.')
param environmentName string

@minLength(1)
@description('Region of all resources. It must offer Flex Consumption and the model.')
param location string

@description('Resource group; made where it does not exist.')
param resourceGroupName string = 'rg-claims-${environmentName}'

@allowed([2048, 4096])
@description('Memory of one instance in MB.')
param instanceMemoryMB int = 2048

@minValue(1)
@maxValue(1000)
@description('Most instances that the plan may start for each scale group.')
param maximumInstanceCount int = 40

@minValue(0)
@description('Instances that always run for HTTP; 0 accepts a cold start.')
param alwaysReadyHttp int = 0

@minValue(0)
@description('Instances that always run for uploads.')
param alwaysReadyBlob int = 0

@minValue(0)
@description('Instances that always run for the workflow and its activities.')
param alwaysReadyDurable int = 0

@allowed(['storage', 'scheduler'])
@description('Where orchestrations live. `scheduler` needs host.json to be written for it, which azure.yaml does at packaging.')
param durableBackend string = 'storage'

@allowed(['Consumption', 'Dedicated'])
@description('SKU of the Durable Task Scheduler.')
param schedulerSku string = 'Consumption'

@description('More addresses (CIDR) that may reach the scheduler, such as an operator\'s. The app\'s own is always in.')
param schedulerIpAllowlist array = []

@description('Storage, model and key vault behind private endpoints, and the app in a virtual network.')
param vnetEnabled bool = false

@description('Address space of the virtual network.')
param vnetAddressPrefix string = '10.90.0.0/16'

@description('Subnet that the app goes out through, at least a /27.')
param appSubnetPrefix string = '10.90.1.0/24'

@description('Subnet of the private endpoints.')
param endpointSubnetPrefix string = '10.90.2.0/24'

@allowed(['azure_openai', 'offline'])
@description('AGENT_MODEL. `offline` decides by rules, for a trial without a model.')
param agentModel string = 'azure_openai'

@description('An Azure OpenAI account that is there already; empty makes one.')
param existingOpenAiName string = ''

@description('Resource group of the existing account; empty for this one.')
param existingOpenAiResourceGroup string = ''

@description('Name of the deployment that the agents use.')
param openAiDeployment string = 'claims'

@description('Model of a new deployment.')
param openAiModel string = 'gpt-5-mini'

@description('Version of the model.')
param openAiModelVersion string = '2025-08-07'

@allowed(['GlobalStandard', 'DataZoneStandard', 'Standard'])
@description('Where prompts may be processed: anywhere, in the data zone, or in the region.')
param openAiSku string = 'GlobalStandard'

@minValue(1)
@description('Quota of the deployment in thousands of tokens a minute.')
param openAiCapacity int = 450

@description('Encrypt sessions with a data key that a Key Vault key wraps.')
param sessionEncryption bool = false

@description('Client id of the Entra ID application that officers sign in to; empty leaves authentication to function keys.')
param officerClientId string = ''

@description('Role of that application that an officer must have; asked for where officers sign in.')
param officerRole string = 'ClaimsOfficer'

@description('Where events are posted; empty posts none.')
param webhookUrl string = ''

@secure()
@description('Secret that signs the events.')
param webhookSecret string = ''

@description('Further settings of the app, under the names of docs/guide.md, such as { SESSION_TTL: \'P60D\' }.')
param claimSettings object = {}

@description('Origins whose pages may upload straight to storage, such as https://claims.example.com.')
param uploadOrigins array = []

@allowed(['Standard_LRS', 'Standard_ZRS', 'Standard_GZRS'])
@description('Copies of the data: in one data centre, in three zones, or in another region as well.')
param storageSku string = 'Standard_ZRS'

@minValue(1)
@maxValue(365)
@description('Days in which a deleted blob can still be brought back. Erasing a claim is final only after them.')
param softDeleteDays int = 7

@minValue(1)
@description('Days for which a refused upload and an undelivered event are kept.')
param rejectedDays int = 30

@minValue(1)
@description('Days without a change after which the documents of a session move to the cool tier.')
param sessionCoolDays int = 90

@minValue(30)
@maxValue(730)
@description('Days for which logs are kept.')
param logRetentionDays int = 30

@description('Address that alerts are sent to; empty makes the alerts without a receiver.')
param alertEmail string = ''

var token = toLower(uniqueString(subscription().id, resourceGroupName, environmentName, location))
var tags = { 'azd-env-name': environmentName }
var sessionContainer = 'sessions'
var uploadContainer = 'uploads'
var deadLetterContainer = 'event-dead-letters'
var packageContainer = 'app-package'
var usesModel = agentModel == 'azure_openai'
var makesModel = usesModel && empty(existingOpenAiName)
var usesScheduler = durableBackend == 'scheduler'
var openAiName = makesModel ? 'oai-${token}' : existingOpenAiName
// The scheduler lets in known addresses only, and the app has one only behind a NAT gateway.
var usesNetwork = vnetEnabled || usesScheduler
var privateStorageServices = vnetEnabled ? ['blob', 'queue', 'table'] : []

resource group 'Microsoft.Resources/resourceGroups@2024-03-01' = {
  name: resourceGroupName
  location: location
  tags: tags
}

module identity 'modules/identity.bicep' = {
  name: 'identity'
  scope: group
  params: {
    name: 'id-${token}'
    location: location
    tags: tags
  }
}

module network 'modules/network.bicep' = if (usesNetwork) {
  name: 'network'
  scope: group
  params: {
    token: token
    location: location
    tags: tags
    addressPrefix: vnetAddressPrefix
    appSubnetPrefix: appSubnetPrefix
    endpointSubnetPrefix: endpointSubnetPrefix
  }
}

module monitoring 'modules/monitoring.bicep' = {
  name: 'monitoring'
  scope: group
  params: {
    token: token
    location: location
    tags: tags
    retentionDays: logRetentionDays
    principalId: identity.outputs.principalId
  }
}

module storage 'modules/storage.bicep' = {
  name: 'storage'
  scope: group
  params: {
    name: 'st${token}'
    location: location
    tags: tags
    principalId: identity.outputs.principalId
    sessionContainer: sessionContainer
    uploadContainer: uploadContainer
    deadLetterContainer: deadLetterContainer
    packageContainer: packageContainer
    uploadOrigins: uploadOrigins
    softDeleteDays: softDeleteDays
    rejectedDays: rejectedDays
    sessionCoolDays: sessionCoolDays
    sku: storageSku
    privateOnly: vnetEnabled
    workspaceId: monitoring.outputs.workspaceId
  }
}

module storageEndpoints 'modules/private_endpoint.bicep' = [for service in privateStorageServices: {
  name: 'endpoint-${service}'
  scope: group
  params: {
    name: 'pe-${service}-${token}'
    location: location
    tags: tags
    targetId: storage.outputs.id
    groupId: service
    zone: 'privatelink.${service}.${environment().suffixes.storage}'
    networkId: vnetEnabled ? network.outputs.id : ''
    subnetId: vnetEnabled ? network.outputs.endpointSubnetId : ''
  }
}]

module events 'modules/event_grid.bicep' = {
  name: 'events'
  scope: group
  params: {
    name: 'evgt-${token}'
    location: location
    tags: tags
    storageName: storage.outputs.name
    deadLetterContainer: deadLetterContainer
  }
}

module openAi 'modules/openai.bicep' = if (makesModel) {
  name: 'openai'
  scope: group
  params: {
    name: openAiName
    location: location
    tags: tags
    deploymentName: openAiDeployment
    model: openAiModel
    modelVersion: openAiModelVersion
    sku: openAiSku
    capacity: openAiCapacity
    privateOnly: vnetEnabled
    workspaceId: monitoring.outputs.workspaceId
  }
}

module openAiAccess 'modules/openai_access.bicep' = if (usesModel) {
  name: 'openai-access'
  scope: resourceGroup(makesModel || empty(existingOpenAiResourceGroup) ? resourceGroupName : existingOpenAiResourceGroup)
  params: {
    name: openAiName
    principalId: identity.outputs.principalId
  }
  dependsOn: [openAi]
}

module openAiEndpoint 'modules/private_endpoint.bicep' = if (makesModel && vnetEnabled) {
  name: 'endpoint-openai'
  scope: group
  params: {
    name: 'pe-openai-${token}'
    location: location
    tags: tags
    targetId: makesModel ? openAi.outputs.id : ''
    groupId: 'account'
    zone: 'privatelink.openai.azure.com'
    networkId: vnetEnabled ? network.outputs.id : ''
    subnetId: vnetEnabled ? network.outputs.endpointSubnetId : ''
  }
}

module keyVault 'modules/key_vault.bicep' = if (sessionEncryption) {
  name: 'key-vault'
  scope: group
  params: {
    name: 'kv-${token}'
    location: location
    tags: tags
    principalId: identity.outputs.principalId
    privateOnly: vnetEnabled
    workspaceId: monitoring.outputs.workspaceId
  }
}

module keyVaultEndpoint 'modules/private_endpoint.bicep' = if (sessionEncryption && vnetEnabled) {
  name: 'endpoint-vault'
  scope: group
  params: {
    name: 'pe-vault-${token}'
    location: location
    tags: tags
    targetId: sessionEncryption ? keyVault.outputs.id : ''
    groupId: 'vault'
    zone: 'privatelink.vaultcore.azure.net'
    networkId: vnetEnabled ? network.outputs.id : ''
    subnetId: vnetEnabled ? network.outputs.endpointSubnetId : ''
  }
}

module scheduler 'modules/scheduler.bicep' = if (usesScheduler) {
  name: 'scheduler'
  scope: group
  params: {
    name: 'dts-${token}'
    taskHub: 'Claims${token}'
    location: location
    tags: tags
    sku: schedulerSku
    principalId: identity.outputs.principalId
    ipAllowlist: concat(usesNetwork ? ['${network.outputs.egressAddress}/32'] : [], schedulerIpAllowlist)
  }
}

module app 'modules/function_app.bicep' = {
  name: 'app'
  scope: group
  params: {
    name: 'func-${token}'
    location: location
    tags: tags
    identityId: identity.outputs.id
    identityClientId: identity.outputs.clientId
    storageName: storage.outputs.name
    packageContainer: packageContainer
    subnetId: usesNetwork ? network.outputs.appSubnetId : ''
    instanceMemoryMB: instanceMemoryMB
    maximumInstanceCount: maximumInstanceCount
    alwaysReady: [
      { name: 'http', instanceCount: alwaysReadyHttp }
      { name: 'blob', instanceCount: alwaysReadyBlob }
      { name: 'durable', instanceCount: alwaysReadyDurable }
    ]
    insightsConnectionString: monitoring.outputs.connectionString
    schedulerEndpoint: usesScheduler ? scheduler.outputs.endpoint : ''
    workspaceId: monitoring.outputs.workspaceId
    settings: union(claimSettings, {
      TASKHUB_NAME: 'Claims${token}'
      SESSION_CONTAINER: sessionContainer
      UPLOAD_CONTAINER: uploadContainer
      AGENT_MODEL: agentModel
      AZURE_OPENAI_ENDPOINT: usesModel ? openAiAccess.outputs.endpoint : ''
      AZURE_OPENAI_CHAT_DEPLOYMENT_NAME: usesModel ? openAiDeployment : ''
      SESSION_ENCRYPTION_KEY_ID: sessionEncryption ? keyVault.outputs.keyId : ''
      OFFICER_ROLE: empty(officerClientId) ? '' : officerRole
      WEBHOOK_URL: webhookUrl
      WEBHOOK_SECRET: webhookSecret
    })
  }
}

module officers 'modules/officers.bicep' = if (!empty(officerClientId)) {
  name: 'officers'
  scope: group
  params: {
    appName: app.outputs.name
    clientId: officerClientId
  }
}

module alerts 'modules/alerts.bicep' = {
  name: 'alerts'
  scope: group
  params: {
    token: token
    location: location
    tags: tags
    workspaceId: monitoring.outputs.workspaceId
    topicId: events.outputs.id
    openAiId: usesModel ? openAiAccess.outputs.id : ''
    email: alertEmail
  }
}

module dashboard 'modules/dashboard.bicep' = {
  name: 'dashboard'
  scope: group
  params: {
    location: location
    tags: tags
    workspaceId: monitoring.outputs.workspaceId
  }
}

output AZURE_RESOURCE_GROUP string = group.name
output AZURE_FUNCTION_APP_NAME string = app.outputs.name
output CLAIMS_URL string = app.outputs.url
output UPLOAD_CONTAINER string = uploadContainer
output EVENT_GRID_TOPIC string = events.outputs.name
output STORAGE_ACCOUNT_ID string = storage.outputs.id
output DEAD_LETTER_CONTAINER string = deadLetterContainer
output DURABLE_BACKEND string = durableBackend
