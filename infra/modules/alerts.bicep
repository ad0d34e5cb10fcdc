metadata description = 'What somebody must look at: six alerts, four from logs and two from the platform\'s own metrics.'

param token string
param location string
param tags object
param workspaceId string

@description('The Event Grid system topic.')
param topicId string

@description('The Azure OpenAI account; empty without one.')
param openAiId string

@description('Who is told; empty tells nobody.')
param email string

var rules = [
  {
    name: 'claims-failed'
    text: 'Claims failed for good. See "A claim is failed" in docs/operations.md.'
    severity: 2
    query: loadTextContent('../queries/alert_failed_claims.kql')
    column: 'Failed'
    operator: 'GreaterThan'
    threshold: 0
    window: 'PT15M'
  }
  {
    name: 'claims-stuck'
    text: 'The sweep could not tend claims, or one is at work for an hour. See "Claims are stuck" in docs/operations.md.'
    severity: 2
    query: loadTextContent('../queries/alert_stuck_claims.kql')
    column: 'Stuck'
    operator: 'GreaterThan'
    threshold: 0
    window: 'PT1H'
  }
  {
    name: 'events-given-up'
    text: 'The webhook did not take events for more than a day. See "Events are given up" in docs/operations.md.'
    severity: 2
    query: loadTextContent('../queries/alert_dead_letters.kql')
    column: 'Letters'
    operator: 'GreaterThan'
    threshold: 0
    window: 'PT1H'
  }
  {
    name: 'sweep-not-run'
    text: 'No sweep ended in an hour: nothing expires and nothing is revived. See "The sweep does not run" in docs/operations.md.'
    severity: 1
    query: loadTextContent('../queries/alert_sweep_not_run.kql')
    column: 'Sweeps'
    operator: 'LessThan'
    threshold: 1
    window: 'PT1H'
  }
]

resource receivers 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: 'ag-${token}'
  location: 'global'
  tags: tags
  properties: {
    groupShortName: 'claims'
    enabled: true
    emailReceivers: empty(email) ? [] : [
      {
        name: 'operators'
        emailAddress: email
        useCommonAlertSchema: true
      }
    ]
  }
}

resource fromLogs 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [for rule in rules: {
  name: '${rule.name}-${token}'
  location: location
  tags: tags
  properties: {
    displayName: rule.name
    description: rule.text
    severity: rule.severity
    enabled: true
    scopes: [workspaceId]
    evaluationFrequency: 'PT15M'
    windowSize: rule.window
    autoMitigate: true
    skipQueryValidation: true
    criteria: {
      allOf: [
        {
          query: rule.query
          timeAggregation: 'Total'
          metricMeasureColumn: rule.column
          operator: rule.operator
          threshold: rule.threshold
          failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 }
        }
      ]
    }
    actions: { actionGroups: [receivers.id] }
  }
}]

resource undelivered 'Microsoft.Insights/metricAlerts@2018-03-01' = {
  name: 'uploads-undelivered-${token}'
  location: 'global'
  tags: tags
  properties: {
    description: 'Events of uploads were given up. See "Uploads are not taken up" in docs/operations.md.'
    severity: 2
    enabled: true
    scopes: [topicId]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT15M'
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          criterionType: 'StaticThresholdCriterion'
          name: 'dead-lettered'
          metricName: 'DeadLetteredCount'
          timeAggregation: 'Total'
          operator: 'GreaterThan'
          threshold: 0
        }
      ]
    }
    actions: [{ actionGroupId: receivers.id }]
  }
}

resource throttled 'Microsoft.Insights/metricAlerts@2018-03-01' = if (!empty(openAiId)) {
  name: 'model-throttled-${token}'
  location: 'global'
  tags: tags
  properties: {
    description: 'The model answers 429 again and again. See "The model throttles" in docs/operations.md.'
    severity: 3
    enabled: true
    scopes: [openAiId]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT15M'
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          criterionType: 'StaticThresholdCriterion'
          name: 'too-many-requests'
          metricName: 'AzureOpenAIRequests'
          dimensions: [{ name: 'StatusCode', operator: 'Include', values: ['429'] }]
          timeAggregation: 'Total'
          operator: 'GreaterThan'
          threshold: 20
        }
      ]
    }
    actions: [{ actionGroupId: receivers.id }]
  }
}
