"""What the templates promise, checked on their parsed form: no compiler is needed, and none is replaced."""

import json
import re
from pathlib import Path
from typing import Any, cast

import pytest

from shared.settings import PROVIDER_SETTINGS, Settings
from tests.infra.property_names import VERIFIED, used
from tests.infra.templates import (
    FILES,
    INFRA,
    MODULES,
    Json,
    Resource,
    all_resources,
    either,
    main,
    module,
    module_calls,
    objects_in,
    outputs_used,
    resource,
    resources,
    template,
    variables,
)
from tests.infra.test_postdeploy import OUTPUTS
from tests.test_function_app import bindings
from triggers.http.views import UPLOAD_HEADERS

READ_BY_THE_HOST = {
    *(f"AzureWebJobsStorage__{part}" for part in ("blobServiceUri", "queueServiceUri", "tableServiceUri")),
    *("AzureWebJobsStorage__credential", "AzureWebJobsStorage__clientId"),
    "SessionStorage__queueServiceUri",  # the blob extension's, for events and poison messages
    "APPLICATIONINSIGHTS_AUTHENTICATION_STRING",  # the exporter reads it as well
    *("TASKHUB_NAME", "DURABLE_TASK_SCHEDULER_CONNECTION_STRING"),
}
READ_BY_LIBRARIES = {"AZURE_CLIENT_ID"}
API_VERSIONS = {
    "Microsoft.Authorization/roleAssignments": "2022-04-01",
    "Microsoft.CognitiveServices/accounts": "2024-10-01",
    "Microsoft.CognitiveServices/accounts/deployments": "2024-10-01",
    "Microsoft.DurableTask/schedulers": "2025-11-01",
    "Microsoft.DurableTask/schedulers/retentionPolicies": "2025-11-01",
    "Microsoft.DurableTask/schedulers/taskHubs": "2025-11-01",
    "Microsoft.EventGrid/systemTopics": "2025-02-15",
    "Microsoft.Insights/actionGroups": "2023-01-01",
    "Microsoft.Insights/components": "2020-02-02",
    "Microsoft.Insights/diagnosticSettings": "2021-05-01-preview",  # it has no other
    "Microsoft.Insights/metricAlerts": "2018-03-01",
    "Microsoft.Insights/scheduledQueryRules": "2023-12-01",
    "Microsoft.Insights/workbooks": "2023-06-01",
    "Microsoft.KeyVault/vaults": "2023-07-01",
    "Microsoft.KeyVault/vaults/keys": "2023-07-01",
    "Microsoft.ManagedIdentity/userAssignedIdentities": "2023-01-31",
    "Microsoft.Network/natGateways": "2024-05-01",
    "Microsoft.Network/networkSecurityGroups": "2024-05-01",
    "Microsoft.Network/privateDnsZones": "2020-06-01",
    "Microsoft.Network/privateDnsZones/virtualNetworkLinks": "2020-06-01",
    "Microsoft.Network/privateEndpoints": "2024-05-01",
    "Microsoft.Network/privateEndpoints/privateDnsZoneGroups": "2024-05-01",
    "Microsoft.Network/publicIPAddresses": "2024-05-01",
    "Microsoft.Network/virtualNetworks": "2024-05-01",
    "Microsoft.OperationalInsights/workspaces": "2023-09-01",
    "Microsoft.Resources/resourceGroups": "2024-03-01",
    "Microsoft.Storage/storageAccounts": "2024-01-01",
    "Microsoft.Storage/storageAccounts/blobServices": "2024-01-01",
    "Microsoft.Storage/storageAccounts/blobServices/containers": "2024-01-01",
    "Microsoft.Storage/storageAccounts/managementPolicies": "2024-01-01",
    "Microsoft.Web/serverfarms": "2024-04-01",
    "Microsoft.Web/sites": "2024-04-01",
    "Microsoft.Web/sites/basicPublishingCredentialsPolicies": "2024-04-01",
    "Microsoft.Web/sites/config": "2024-04-01",
}


def name_of(path: Path) -> str:
    return path.stem


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_a_template_parses_and_says_what_it_is_for(path: Path) -> None:
    parsed = template(path)
    assert parsed["metadata"]["description"]
    assert parsed.get("resources") or parsed.get("modules")


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_every_module_is_used_and_stands_in_this_repository(path: Path) -> None:
    assert path in {file for file, _ in module_calls().values()}
    assert "br/" not in path.read_text() + (INFRA / "main.bicep").read_text()


@pytest.mark.parametrize("call", module_calls())
def test_a_module_is_given_exactly_its_parameters(call: str) -> None:
    path, given = module_calls()[call]
    declared = cast(Json, template(path)["parameters"])
    required = {name for name, parameter in declared.items() if parameter["default"] is None}
    assert required <= given.keys() <= declared.keys()


def test_only_outputs_that_exist_are_read() -> None:
    calls = module_calls()
    read = set(outputs_used(main()["modules"])) | set(outputs_used(main()["outputs"]))
    assert len(read) > 20
    for call, output in read:
        assert output in template(calls[call][0])["outputs"], f"{call}.{output}"


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_whatever_is_declared_is_used(path: Path) -> None:
    text = path.read_text()
    parsed = template(path)
    for name in (*parsed.get("parameters", {}), *parsed.get("variables", {})):
        assert len(re.findall(rf"\b{name}\b", text)) > 1, name


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_no_key_or_password_is_fetched_or_written_down(path: Path) -> None:
    assert not re.search(r"listKeys|listAccountSas|AccountKey|SharedAccessKey|Password=", path.read_text())


def test_resources_are_asked_for_in_known_versions() -> None:
    assert {(r.type, r.api_version) for path in FILES for r in resources(path)} == set(API_VERSIONS.items())


def test_storage_has_no_keys_no_public_blobs_and_no_old_tls() -> None:
    properties = resource("storage", "Microsoft.Storage/storageAccounts").config["properties"]
    assert properties["allowSharedKeyAccess"] is False
    assert properties["allowBlobPublicAccess"] is False
    assert properties["allowCrossTenantReplication"] is False
    assert properties["supportsHttpsTrafficOnly"] is True
    assert properties["minimumTlsVersion"] == "TLS1_2"
    container = resource("storage", "Microsoft.Storage/storageAccounts/blobServices/containers")
    assert container.config["properties"]["publicAccess"] == "None"


def test_what_is_deleted_can_be_brought_back_for_a_while() -> None:
    properties = resource("storage", "Microsoft.Storage/storageAccounts/blobServices").config["properties"]
    for policy in ("deleteRetentionPolicy", "containerDeleteRetentionPolicy"):
        assert properties[policy] == {"enabled": True, "days": "softDeleteDays"}


def test_pages_of_named_origins_may_put_what_an_upload_link_asks_for_and_others_nothing() -> None:
    properties = resource("storage", "Microsoft.Storage/storageAccounts/blobServices").config["properties"]
    condition, without, (rule,) = either(properties["cors"]["corsRules"])
    assert cast(Any, condition)["function"]["parameters"] == {"item_to_test": "uploadOrigins"}
    assert without == []
    assert rule["allowedOrigins"] == "uploadOrigins"
    assert rule["allowedMethods"] == ["PUT"]
    assert set(UPLOAD_HEADERS) | {"content-type"} <= set(rule["allowedHeaders"])
    assert "*" not in rule["allowedHeaders"]
    assert main()["parameters"]["uploadOrigins"]["default"] == []
    _, given = module_calls()["storage"]
    assert given["uploadOrigins"] == "uploadOrigins"


def test_old_sessions_cool_down_and_rejected_uploads_go() -> None:
    policy = resource("storage", "Microsoft.Storage/storageAccounts/managementPolicies").config["properties"]
    rules = {rule["name"]: rule["definition"] for rule in policy["policy"]["rules"]}
    sessions, rejected = rules["sessions-at-rest-are-cool"], rules["rejected-uploads-go"]
    assert sessions["filters"]["prefixMatch"] == ["${sessionContainer}/"]
    assert list(sessions["actions"]["baseBlob"]) == ["tierToCool"]
    assert "${rejectedContainer}/" in rejected["filters"]["prefixMatch"]
    assert list(rejected["actions"]["baseBlob"]) == ["delete"]


@pytest.mark.parametrize(
    ("file", "type_"),
    [
        ("storage", "Microsoft.Storage/storageAccounts"),
        ("openai", "Microsoft.CognitiveServices/accounts"),
        ("key_vault", "Microsoft.KeyVault/vaults"),
    ],
)
def test_with_a_virtual_network_data_is_reached_through_private_endpoints_only(file: str, type_: str) -> None:
    properties = resource(file, type_).config["properties"]
    assert either(properties["publicNetworkAccess"]) == ("privateOnly", "Disabled", "Enabled")
    assert either(properties["networkAcls"]["defaultAction"]) == ("privateOnly", "Deny", "Allow")
    calls = {name: given for name, (_, given) in module_calls().items()}
    assert [given["privateOnly"] for given in calls.values() if "privateOnly" in given] == ["vnetEnabled"] * 3
    groups = {given["groupId"] for path, given in module_calls().values() if path.stem == "private_endpoint"}
    assert groups == {"service", "account", "vault"}
    assert either(variables(main())["privateStorageServices"])[1] == ["blob", "queue", "table"]


@pytest.mark.parametrize(
    ("file", "type_", "switch"),
    [
        ("monitoring", "Microsoft.Insights/components", "DisableLocalAuth"),
        ("openai", "Microsoft.CognitiveServices/accounts", "disableLocalAuth"),
    ],
)
def test_telemetry_and_model_take_identities_only(file: str, type_: str, switch: str) -> None:
    assert resource(file, type_).config["properties"][switch] is True


def test_the_key_is_kept_from_being_purged_and_can_only_wrap() -> None:
    vault = resource("key_vault", "Microsoft.KeyVault/vaults").config["properties"]
    assert vault["enableRbacAuthorization"] is vault["enablePurgeProtection"] is True
    key = resource("key_vault", "Microsoft.KeyVault/vaults/keys").config["properties"]
    assert key["keyOps"] == ["wrapKey", "unwrapKey"]
    assert key["attributes"]["exportable"] is False


def test_nobody_holds_a_role_but_those_who_need_it_where_they_need_it() -> None:
    held = {
        (scope_type(r), role, principal(r))
        for r in all_resources()
        if r.type == "Microsoft.Authorization/roleAssignments"
        for role in roles(r)
    }
    app = "principalId"
    assert held == {
        ("Microsoft.Storage/storageAccounts", "b7e6dc6d-f1e8-4753-8033-0f276bb0955b", app),
        ("Microsoft.Storage/storageAccounts", "974c5e8b-45b9-4653-ba55-5f855dd0fb88", app),
        ("Microsoft.Storage/storageAccounts", "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3", app),
        ("Microsoft.Insights/components", "3913510d-42f4-4e42-8a64-420c390055eb", app),
        ("Microsoft.CognitiveServices/accounts", "5e0bd9bd-7b93-4f28-af87-19fc36ad61bd", app),
        ("Microsoft.DurableTask/schedulers/taskHubs", "0ad04412-c4d5-4796-b79c-f76d14c8d402", app),
        ("Microsoft.KeyVault/vaults/keys", "e147488a-f6f5-4113-8e2d-b22465e65bf6", app),
        (
            "Microsoft.Storage/storageAccounts/blobServices/containers",
            "ba92f5b4-2d11-453d-a403-e96b0029c9fe",
            "topic.identity.principalId",
        ),
    }
    for _, given in module_calls().values():
        if app in given:
            assert list(outputs_used(given[app])) == [("identity", "principalId")]


def test_a_role_on_scheduler_vault_or_model_comes_with_the_choice_of_it() -> None:
    conditions = {
        name: call["config"].get("condition") for name, call in cast(Json, main()["modules"]).items()
    }
    assert conditions["scheduler"] == "usesScheduler"
    assert conditions["keyVault"] == "sessionEncryption"
    assert conditions["openAiAccess"] == "usesModel"


def test_the_scheduler_is_never_open_to_every_address() -> None:
    given = module_calls()["scheduler"][1]["ipAllowlist"]
    assert list(outputs_used(given)) == [("network", "egressAddress")]
    assert main()["parameters"]["schedulerIpAllowlist"]["default"] == []
    for path in FILES:
        assert "'0.0.0.0" not in path.read_text()


def test_the_app_runs_python_3_13_on_flex_consumption() -> None:
    assert resource("function_app", "Microsoft.Web/serverfarms").config["sku"] == {
        "name": "FC1",
        "tier": "FlexConsumption",
    }
    site = resource("function_app", "Microsoft.Web/sites").config["properties"]
    assert site["functionAppConfig"]["runtime"] == {"name": "python", "version": "3.13"}
    assert site["httpsOnly"] is True
    doors = resource("function_app", "Microsoft.Web/sites/basicPublishingCredentialsPolicies")
    assert doors.over == ["ftp", "scm"]
    assert doors.config["properties"] == {"allow": False}


def test_the_package_is_read_by_identity_from_a_container_that_is_made() -> None:
    site = resource("function_app", "Microsoft.Web/sites").config["properties"]
    source = site["functionAppConfig"]["deployment"]["storage"]
    assert source["value"].endswith("${packageContainer}")
    assert source["authentication"]["type"] == "UserAssignedIdentity"
    assert "packageContainer" in variables(module("storage"))["containerNames"]


def test_scale_groups_are_those_of_the_apps_triggers() -> None:
    group_of = {
        "httpTrigger": "http",
        "blobTrigger": "blob",
        "orchestrationTrigger": "durable",
        "activityTrigger": "durable",
    }
    types = {trigger["type"] for triggers in bindings().values() for trigger in triggers}
    wanted = {group_of[type_] for type_ in types & group_of.keys()}
    given = module_calls()["app"][1]["alwaysReady"]
    assert {group["name"] for group in given} == wanted == {"http", "blob", "durable"}
    for group in given:
        assert group["instanceCount"] == f"alwaysReady{group['name'].title()}"


def test_every_setting_is_one_that_somebody_reads() -> None:
    read = {str(field.alias) for field in Settings.model_fields.values()}
    read.update(name for names in PROVIDER_SETTINGS.values() for name in names)
    assert settings_of_the_app() <= read | READ_BY_THE_HOST | READ_BY_LIBRARIES
    assert settings_of_the_app() >= READ_BY_THE_HOST


def test_whatever_the_app_cannot_do_without_is_set() -> None:
    required = {"SessionStorage__blobServiceUri", "AGENT_MODEL", *PROVIDER_SETTINGS["azure_openai"]}
    assert settings_of_the_app() >= required
    assert main()["parameters"]["agentModel"]["default"] == "azure_openai"


def test_any_other_setting_can_be_given_and_none_of_the_templates_own_be_overruled() -> None:
    for file, expression in (
        ("main", module_calls()["app"][1]["settings"]),
        ("app", resource_named("function_app", "appSettings").config["properties"]),
    ):
        first = expression["function"]["parameters"]["arg_1"]
        assert first == {"main": "claimSettings", "app": "settings"}[file]


@pytest.mark.parametrize("connection", ["AzureWebJobsStorage", "SessionStorage"])
def test_connections_name_each_service_and_the_identity(connection: str) -> None:
    settings = settings_of_the_app()
    for part in ("blobServiceUri", "queueServiceUri", "credential", "clientId"):
        assert f"{connection}__{part}" in settings
    assert f"{connection}__serviceUri" not in settings
    assert connection not in settings


def test_the_settings_of_host_json_are_set() -> None:
    host = (INFRA.parent / "host.json").read_text()
    assert set(re.findall(r"%(\w+)%", host)) <= settings_of_the_app()


def test_containers_are_those_of_the_app() -> None:
    names = variables(main())
    defaults = {str(field.alias): field.default for field in Settings.model_fields.values()}
    assert names["sessionContainer"] == defaults["SESSION_CONTAINER"]
    assert names["uploadContainer"] == defaults["UPLOAD_CONTAINER"]
    storage = variables(module("storage"))
    assert storage["rejectedContainer"] == "${uploadContainer}-rejected"
    assert storage["indexContainer"] == "${sessionContainer}-index"
    assert storage["erasedContainer"] == "${sessionContainer}-erased"
    assert set(storage["containerNames"]) >= {
        *("sessionContainer", "indexContainer", "erasedContainer"),
        *("uploadContainer", "rejectedContainer", "deadLetterContainer"),
    }
    assert resource("storage", "Microsoft.Storage/storageAccounts/blobServices/containers").over == (
        "containerNames"
    )


def test_uploads_go_to_the_function_that_takes_them() -> None:
    (trigger,) = [b for b in bindings()["resume_on_upload"] if b["type"] == "blobTrigger"]
    assert trigger["path"].startswith("uploads/")
    assert trigger["connection"] == "SessionStorage"
    assert trigger["source"] == "EventGrid"


def test_the_scripts_get_the_outputs_that_they_ask_for() -> None:
    assert OUTPUTS.keys() <= main()["outputs"].keys()


def test_the_parameter_file_fits_the_template() -> None:
    given = json.loads((INFRA / "main.parameters.json").read_text())["parameters"]
    declared = cast(Json, main()["parameters"])
    required = {name for name, parameter in declared.items() if parameter["default"] is None}
    assert required <= given.keys() <= declared.keys()
    for name, value in given.items():
        assert value["value"] == {} or re.fullmatch(r"\$\{[A-Z_]+(=\w*)?\}", value["value"]), name


def test_officers_sign_in_and_other_callers_still_come_with_a_key() -> None:
    properties = resource("officers", "Microsoft.Web/sites/config").config["properties"]
    assert properties["platform"]["enabled"] is True
    assert properties["globalValidation"]["unauthenticatedClientAction"] == "AllowAnonymous"
    assert properties["httpSettings"]["requireHttps"] is True


def settings_of_the_app() -> set[str]:
    expressions = (
        module_calls()["app"][1]["settings"],
        resource_named("function_app", "appSettings").config["properties"],
    )
    return {name for expression in expressions for literal in objects_in(expression) for name in literal}


def resource_named(file: str, symbol: str) -> Resource:
    (found,) = [r for r in resources(INFRA / "modules" / f"{file}.bicep") if r.symbol == symbol]
    return found


def scope_type(assignment: Resource) -> str:
    symbol = "__".join(accessor(assignment.config["scope"]).split("::"))
    return resource_named(assignment.file, symbol).type


def roles(assignment: Resource) -> list[str]:
    given = assignment.config["properties"]["roleDefinitionId"]["function"]["parameters"]["resource_name_1"]
    known = variables(module(assignment.file))
    return [known[given]] if assignment.over is None else [known[name] for name in assignment.over]


def principal(assignment: Resource) -> str:
    return accessor(assignment.config["properties"]["principalId"])


def accessor(expression: Any) -> str:
    """`a.b` or `a::b` as it was written."""
    if isinstance(expression, str):
        return expression
    operator = expression["operator"]
    sign = "::" if operator["type"] == "nested_resource_accessor" else "."
    return sign.join(accessor(operand) for operand in operator["operands"].values())


def test_every_property_is_one_that_azures_sdk_knows() -> None:
    assert json.loads(VERIFIED.read_text()) == used(), "run tests/infra/property_names.py, see its docstring"
