"""Checks the property names of the templates against Azure's management SDKs, and writes down what it found.

    uv run --isolated --no-project --with-requirements tests/infra/property_names.txt \\
        python -m tests.infra.property_names

The SDKs are large and no part of the development environment, so this runs when a property is new: the test
of the templates then asks for it. A name that no SDK knows is an error and is not written.
"""

import ast
import json
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import cast

from tests.infra.templates import Json, all_resources, objects_in

VERIFIED = Path(__file__).with_name("property_names.json")
FREE_FORM = {"tags", "identity.userAssignedIdentities", "properties.serializedData"}
OF_BICEP = {"parent", "scope", "name", "dependsOn", "depends_on"}
MODELS = {
    "Microsoft.Authorization/roleAssignments": ("authorization", ["RoleAssignmentCreateParameters"]),
    "Microsoft.CognitiveServices/accounts": ("cognitiveservices", ["Account"]),
    "Microsoft.CognitiveServices/accounts/deployments": ("cognitiveservices", ["Deployment"]),
    "Microsoft.DurableTask/schedulers": ("durabletask", ["Scheduler"]),
    "Microsoft.DurableTask/schedulers/retentionPolicies": ("durabletask", ["RetentionPolicy"]),
    "Microsoft.DurableTask/schedulers/taskHubs": ("durabletask", ["TaskHub"]),
    "Microsoft.EventGrid/systemTopics": ("eventgrid", ["SystemTopic"]),
    "Microsoft.Insights/actionGroups": ("monitor", ["ActionGroupResource"]),
    "Microsoft.Insights/components": ("applicationinsights", ["ApplicationInsightsComponent"]),
    "Microsoft.Insights/diagnosticSettings": ("monitor", ["DiagnosticSettingsResource"]),
    "Microsoft.Insights/metricAlerts": ("monitor", ["MetricAlertResource"]),
    "Microsoft.Insights/scheduledQueryRules": ("monitor", ["ScheduledQueryRuleResource"]),
    "Microsoft.Insights/workbooks": ("applicationinsights", ["Workbook"]),
    "Microsoft.KeyVault/vaults": ("keyvault", ["VaultCreateOrUpdateParameters"]),
    "Microsoft.KeyVault/vaults/keys": ("keyvault", ["Key"]),
    "Microsoft.ManagedIdentity/userAssignedIdentities": ("msi", ["Identity"]),
    "Microsoft.Network/natGateways": ("network", ["NatGateway"]),
    "Microsoft.Network/networkSecurityGroups": ("network", ["NetworkSecurityGroup"]),
    "Microsoft.Network/privateDnsZones": ("privatedns", ["PrivateZone"]),
    "Microsoft.Network/privateDnsZones/virtualNetworkLinks": ("privatedns", ["VirtualNetworkLink"]),
    "Microsoft.Network/privateEndpoints": ("network", ["PrivateEndpoint"]),
    "Microsoft.Network/privateEndpoints/privateDnsZoneGroups": ("network", ["PrivateDnsZoneGroup"]),
    "Microsoft.Network/publicIPAddresses": ("network", ["PublicIPAddress"]),
    "Microsoft.Network/virtualNetworks": ("network", ["VirtualNetwork"]),
    "Microsoft.OperationalInsights/workspaces": ("loganalytics", ["Workspace"]),
    "Microsoft.Resources/resourceGroups": ("resource", ["ResourceGroup"]),
    "Microsoft.Storage/storageAccounts": ("storage", ["StorageAccountCreateParameters"]),
    "Microsoft.Storage/storageAccounts/blobServices": ("storage", ["BlobServiceProperties"]),
    "Microsoft.Storage/storageAccounts/blobServices/containers": ("storage", ["BlobContainer"]),
    "Microsoft.Storage/storageAccounts/managementPolicies": ("storage", ["ManagementPolicy"]),
    "Microsoft.Web/serverfarms": ("web", ["AppServicePlan"]),
    "Microsoft.Web/sites": ("web", ["Site"]),
    "Microsoft.Web/sites/basicPublishingCredentialsPolicies": (
        "web",
        ["CsmPublishingCredentialsPoliciesEntity"],
    ),
    "Microsoft.Web/sites/config": ("web", ["SiteAuthSettingsV2"]),
}
"""Which model of which package `azure-mgmt-…` says what a resource may hold."""

Fields = dict[str, list[str]]
"""The JSON name of each field of a model (with dots: a flattened one), and the models in its type."""


def used() -> dict[str, list[str]]:
    """The property paths that the templates write, by resource type."""
    paths: dict[str, set[str]] = {}
    for resource in all_resources():
        if (resource.file, resource.symbol) == ("function_app", "appSettings"):
            continue  # names of settings, which have a test of their own
        config = {name: value for name, value in resource.config.items() if name not in OF_BICEP}
        paths.setdefault(resource.type, set()).update(_paths(config, ""))
    return {type_: sorted(found) for type_, found in sorted(paths.items())}


def _paths(value: object, prefix: str) -> Iterator[str]:
    for literal in _shallow(value):
        for name, part in literal.items():
            path = f"{prefix}{name.strip("'")}"
            yield path
            if path not in FREE_FORM:
                yield from _paths(part, f"{path}.")


def _shallow(value: object) -> Iterator[Json]:
    """The object literals that an expression may become, without those inside them."""
    inner: set[int] = set()
    for literal in objects_in(value):
        if id(literal) not in inner and "detail" not in literal:
            yield literal
        inner.update(id(part) for child in literal.values() for part in objects_in(child))


def _models(package: str) -> dict[str, Fields]:
    spec = find_spec(f"azure.mgmt.{package}")
    if spec is None or not spec.submodule_search_locations:
        raise SystemExit(f"azure-mgmt-{package} is not installed; see the docstring of this module")
    models: dict[str, Fields] = {}
    for path in sorted(Path(spec.submodule_search_locations[0]).rglob("_models*.py")):
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.ClassDef):
                models.setdefault(node.name, {}).update(_fields(node))
                for base in node.bases:
                    name = ast.unparse(base).rpartition(".")[2]
                    inherited = {key: types for key, types in models.get(name, {}).items() if key}
                    models[node.name] = {**inherited, **models[node.name]}
                    # A field may hold any of a model's kinds; what all models are is none.
                    if name not in {"_Model", "Model", "object"}:
                        models.setdefault(name, {}).setdefault("", []).append(node.name)
    return models


def _fields(model: ast.ClassDef) -> Fields:
    fields: Fields = {}
    for node in model.body:
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value:
            call = ast.unparse(node.value)
            if call.startswith(("rest_field", "rest_discriminator")):
                given = [
                    keyword.value
                    for keyword in cast(ast.Call, node.value).keywords
                    if keyword.arg == "name" and isinstance(keyword.value, ast.Constant)
                ]
                name = str(given[0].value) if given else node.target.id
                fields[name] = _names(ast.unparse(node.annotation))
        elif (
            isinstance(node, ast.Assign)
            and ast.unparse(node.targets[0]) == "_attribute_map"
            and node.value.__class__ is ast.Dict
        ):
            for entry in cast(dict[str, dict[str, str]], ast.literal_eval(node.value)).values():
                fields[entry["key"].replace("\\.", "\0")] = _names(entry["type"])
    return fields


def _names(annotation: str) -> list[str]:
    words = "".join(letter if letter.isalnum() or letter == "_" else " " for letter in annotation).split()
    return [word for word in words if word[0].isupper()]


def _known(models: dict[str, Fields], roots: list[str], path: list[str]) -> bool:
    """Whether a path can be walked from one of `roots`, through any kind of the models on the way."""
    seen: set[tuple[str, int]] = set()
    waiting = [(root, 0) for root in roots]
    while waiting:
        root, depth = waiting.pop()
        if depth >= len(path):
            return True
        if (root, depth) in seen:
            continue
        seen.add((root, depth))
        fields = models.get(root, {})
        waiting += [(kind, depth) for kind in fields.get("", [])]
        for name, types in fields.items():
            parts = [part.replace("\0", ".") for part in name.split(".")] if name else []
            rest = path[depth:]
            if parts and rest[: len(parts)] == parts[: len(rest)]:
                waiting += [(type_, depth + len(parts)) for type_ in types or [""]]
    return False


def main() -> int:
    found = used()
    unknown: list[str] = []
    for type_, paths in found.items():
        package, roots = MODELS[type_]
        models = _models(package)
        unknown += [f"{type_}: {path}" for path in paths if not _known(models, roots, _split(path))]
    for name in unknown:
        print(f"no SDK knows {name}", file=sys.stderr)
    if not unknown:
        VERIFIED.write_text(json.dumps(found, indent=1) + "\n")
    return 1 if unknown else 0


def _split(path: str) -> list[str]:
    """A path's parts; the one name that has a dot of its own stays whole."""
    return [part.replace("\0", ".") for part in path.replace("odata.type", "odata\0type").split(".")]


if __name__ == "__main__":
    sys.exit(main())
