#!/usr/bin/env bash
# Makes Event Grid tell the deployed app of uploads. azd runs it after each deployment; it may be run at any
# time, and changes nothing where nothing is to change. It needs the Azure CLI, signed in, and the outputs of
# infra/main.bicep as variables, which azd gives its hooks (by hand: `azd env get-values`).
set -euo pipefail

FUNCTION=resume_on_upload
SUBSCRIPTION=claims-uploads
EVENT=Microsoft.Storage.BlobCreated
WAIT_SECONDS=${POSTDEPLOY_WAIT_SECONDS:-600}
PAUSE_SECONDS=${POSTDEPLOY_PAUSE_SECONDS:-10}
ATTEMPTS=5

for name in AZURE_RESOURCE_GROUP AZURE_FUNCTION_APP_NAME CLAIMS_URL EVENT_GRID_TOPIC UPLOAD_CONTAINER \
  STORAGE_ACCOUNT_ID DEAD_LETTER_CONTAINER; do
  [ -n "${!name:-}" ] || { echo "postdeploy: $name is not set; run 'azd provision' first" >&2; exit 1; }
done
command -v az >/dev/null || { echo "postdeploy: the Azure CLI (az) is not installed" >&2; exit 1; }

# The host makes the key when it first starts with the blob extension, some time after the deployment.
extension_key() {
  az functionapp keys list --resource-group "$AZURE_RESOURCE_GROUP" --name "$AZURE_FUNCTION_APP_NAME" \
    --query systemKeys.blobs_extension --output tsv 2>/dev/null || true
}

subscription() {
  az eventgrid system-topic event-subscription "$@" --resource-group "$AZURE_RESOURCE_GROUP" \
    --system-topic-name "$EVENT_GRID_TOPIC"
}

waited=0
key=$(extension_key)
until [ -n "$key" ] && [ "$key" != None ]; do
  if [ "$waited" -ge "$WAIT_SECONDS" ]; then
    echo "postdeploy: the app has no key blobs_extension after $WAIT_SECONDS s; does it start? Look at its log stream" >&2
    exit 1
  fi
  echo "Waiting for the app's key blobs_extension ..."
  sleep "$PAUSE_SECONDS"
  waited=$((waited + PAUSE_SECONDS))
  key=$(extension_key)
done

endpoint="$CLAIMS_URL/runtime/webhooks/blobs?functionName=Host.Functions.$FUNCTION&code=$key"
prefix="/blobServices/default/containers/$UPLOAD_CONTAINER/blobs/"
wanted=$(printf '%s\n' "$endpoint" "$prefix" "$EVENT" "$STORAGE_ACCOUNT_ID" "$DEAD_LETTER_CONTAINER")

existing=$(subscription list --query "[?name=='$SUBSCRIPTION'].name" --output tsv)
if [ -n "$existing" ]; then
  destination=deadLetterWithResourceIdentity.deadLetterDestination
  found=$(subscription show --name "$SUBSCRIPTION" --include-full-endpoint-url true --output tsv --query \
    "[destination.endpointUrl, filter.subjectBeginsWith, filter.includedEventTypes[0], $destination.resourceId, $destination.blobContainerName]")
  if [ "$found" = "$wanted" ]; then
    echo "The Event Grid subscription $SUBSCRIPTION is as it should be."
    exit 0
  fi
fi

# The key goes by file, so that no list of processes shows it.
secret=$(mktemp)
trap 'rm -f "$secret"' EXIT
printf '%s' "$endpoint" >"$secret"

# Event Grid calls the endpoint before it accepts it, and an app that has just been deployed may not answer yet.
attempt=1
until subscription create --name "$SUBSCRIPTION" --endpoint-type webhook --endpoint "@$secret" \
  --included-event-types "$EVENT" --subject-begins-with "$prefix" \
  --deadletter-identity systemassigned \
  --deadletter-identity-endpoint "$STORAGE_ACCOUNT_ID/blobServices/default/containers/$DEAD_LETTER_CONTAINER" \
  --output none; do
  if [ "$attempt" -ge "$ATTEMPTS" ]; then
    echo "postdeploy: the Event Grid subscription could not be made; the lines above say why" >&2
    exit 1
  fi
  attempt=$((attempt + 1))
  sleep "$PAUSE_SECONDS"
done
echo "The Event Grid subscription $SUBSCRIPTION is in place."
