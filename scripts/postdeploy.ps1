# Makes Event Grid tell the deployed app of uploads: the same as postdeploy.sh, for PowerShell 7.
# It needs the Azure CLI, signed in, and the outputs of infra/main.bicep as variables, which azd gives its hooks.
$ErrorActionPreference = 'Stop'
$PSNativeCommandUseErrorActionPreference = $false

$function = 'resume_on_upload'
$subscription = 'claims-uploads'
$event_type = 'Microsoft.Storage.BlobCreated'
$wait_seconds = if ($env:POSTDEPLOY_WAIT_SECONDS) { [int]$env:POSTDEPLOY_WAIT_SECONDS } else { 600 }
$pause_seconds = if ($env:POSTDEPLOY_PAUSE_SECONDS) { [int]$env:POSTDEPLOY_PAUSE_SECONDS } else { 10 }
$attempts = 5

function Stop-Script([string] $message) {
    [Console]::Error.WriteLine("postdeploy: $message")
    exit 1
}

$names = 'AZURE_RESOURCE_GROUP', 'AZURE_FUNCTION_APP_NAME', 'CLAIMS_URL', 'EVENT_GRID_TOPIC', 'UPLOAD_CONTAINER',
    'STORAGE_ACCOUNT_ID', 'DEAD_LETTER_CONTAINER'
foreach ($name in $names) {
    if (-not [Environment]::GetEnvironmentVariable($name)) {
        Stop-Script "$name is not set; run 'azd provision' first"
    }
}
if (-not (Get-Command az -ErrorAction SilentlyContinue)) {
    Stop-Script 'the Azure CLI (az) is not installed'
}

# The host makes the key when it first starts with the blob extension, some time after the deployment.
function Get-ExtensionKey {
    az functionapp keys list --resource-group $env:AZURE_RESOURCE_GROUP --name $env:AZURE_FUNCTION_APP_NAME `
        --query systemKeys.blobs_extension --output tsv 2>$null
}

$topic = '--resource-group', $env:AZURE_RESOURCE_GROUP, '--system-topic-name', $env:EVENT_GRID_TOPIC

$waited = 0
$key = Get-ExtensionKey
while (-not $key -or $key -eq 'None') {
    if ($waited -ge $wait_seconds) {
        Stop-Script "the app has no key blobs_extension after $wait_seconds s; does it start? Look at its log stream"
    }
    Write-Output "Waiting for the app's key blobs_extension ..."
    Start-Sleep -Seconds $pause_seconds
    $waited += $pause_seconds
    $key = Get-ExtensionKey
}

$endpoint = "$($env:CLAIMS_URL)/runtime/webhooks/blobs?functionName=Host.Functions.$function&code=$key"
$prefix = "/blobServices/default/containers/$($env:UPLOAD_CONTAINER)/blobs/"
$wanted = @($endpoint, $prefix, $event_type, $env:STORAGE_ACCOUNT_ID, $env:DEAD_LETTER_CONTAINER) -join "`n"

$existing = az eventgrid system-topic event-subscription list @topic --query "[?name=='$subscription'].name" --output tsv
if ($LASTEXITCODE -ne 0) {
    Stop-Script 'the Event Grid subscriptions could not be read; the lines above say why'
}
if ($existing) {
    $destination = 'deadLetterWithResourceIdentity.deadLetterDestination'
    $fields = "[destination.endpointUrl, filter.subjectBeginsWith, filter.includedEventTypes[0], " +
        "$destination.resourceId, $destination.blobContainerName]"
    $found = az eventgrid system-topic event-subscription show @topic --name $subscription `
        --include-full-endpoint-url true --output tsv --query $fields
    if (($found -join "`n") -ceq $wanted) {
        Write-Output "The Event Grid subscription $subscription is as it should be."
        exit 0
    }
}

# The key goes by file, so that no list of processes shows it, and cmd.exe, which az is on Windows, no ampersand.
$secret = New-TemporaryFile
try {
    [IO.File]::WriteAllText($secret.FullName, $endpoint)
    # Event Grid calls the endpoint before it accepts it, and an app just deployed may not answer yet.
    for ($attempt = 1; ; $attempt++) {
        az eventgrid system-topic event-subscription create @topic --name $subscription --endpoint-type webhook `
            --endpoint "@$($secret.FullName)" --included-event-types $event_type --subject-begins-with $prefix `
            --deadletter-identity systemassigned `
            --deadletter-identity-endpoint "$($env:STORAGE_ACCOUNT_ID)/blobServices/default/containers/$($env:DEAD_LETTER_CONTAINER)" `
            --output none
        if ($LASTEXITCODE -eq 0) {
            break
        }
        if ($attempt -ge $attempts) {
            Stop-Script 'the Event Grid subscription could not be made; the lines above say why'
        }
        Start-Sleep -Seconds $pause_seconds
    }
}
finally {
    Remove-Item $secret
}
Write-Output "The Event Grid subscription $subscription is in place."
