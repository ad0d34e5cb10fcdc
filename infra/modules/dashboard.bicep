metadata description = 'The workbook: one panel for each query of infra/queries that is not an alert\'s.'

param location string
param tags object
param workspaceId string

var panels = [
  { title: 'Claims by status', chart: 'timechart', query: loadTextContent('../queries/backlog.kql') }
  { title: 'Oldest claim of each status, in days', chart: 'timechart', query: loadTextContent('../queries/oldest.kql') }
  { title: 'Claims into each status', chart: 'timechart', query: loadTextContent('../queries/flow.kql') }
  { title: 'Waiting time', chart: 'table', query: loadTextContent('../queries/waiting.kql') }
  { title: 'Decisions', chart: 'table', query: loadTextContent('../queries/decisions.kql') }
  { title: 'Lives of claims', chart: 'table', query: loadTextContent('../queries/lives.kql') }
  { title: 'Phases', chart: 'table', query: loadTextContent('../queries/phases.kql') }
  { title: 'Failures by phase', chart: 'table', query: loadTextContent('../queries/phase_failures.kql') }
  { title: 'Turns of the agents', chart: 'table', query: loadTextContent('../queries/turns.kql') }
  { title: 'Tokens and cost', chart: 'table', query: loadTextContent('../queries/tokens.kql') }
  { title: 'Sweeps', chart: 'table', query: loadTextContent('../queries/sweeps.kql') }
  { title: 'Webhook dead letters', chart: 'barchart', query: loadTextContent('../queries/dead_letters.kql') }
  { title: 'Uploads', chart: 'barchart', query: loadTextContent('../queries/uploads.kql') }
]

var items = [for panel in panels: {
  type: 3
  name: panel.title
  content: {
    version: 'KqlItem/1.0'
    title: panel.title
    query: panel.query
    visualization: panel.chart
    size: 0
    queryType: 0
    resourceType: 'microsoft.operationalinsights/workspaces'
    crossComponentResources: [workspaceId]
    timeContext: { durationMs: 604800000 }
  }
}]

resource workbook 'Microsoft.Insights/workbooks@2023-06-01' = {
  name: guid(resourceGroup().id, 'claims')
  location: location
  tags: tags
  kind: 'shared'
  properties: {
    displayName: 'Claims Orchestrator'
    category: 'workbook'
    sourceId: workspaceId
    serializedData: string({ version: 'Notebook/1.0', items: items })
  }
}
