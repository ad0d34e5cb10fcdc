import pytest

from devhost.routes import precedence, router_paths


@pytest.mark.parametrize(
    ("template", "paths"),
    [
        ("claims", ["/api/claims"]),
        ("/claims/", ["/api/claims"]),
        ("claims/{claim_id}", ["/api/claims/{claim_id}"]),
        ("claims/{claim_id:minlength(3)}", ["/api/claims/{claim_id}"]),
        ("things/{thing:int}", ["/api/things/{thing:-?[0-9]+}"]),
        ("files/{*path}", ["/api/files/{path:.*}", "/api/files"]),
        ("parts/{part?}", ["/api/parts/{part}", "/api/parts"]),
        ("parts/{part=all}", ["/api/parts/{part}", "/api/parts"]),
    ],
)
def test_a_route_template_becomes_the_paths_of_the_router(template: str, paths: list[str]) -> None:
    assert router_paths("api", template) == paths


def test_an_empty_prefix_leaves_the_route_at_the_root() -> None:
    assert router_paths("", "claims/{claim_id}") == ["/claims/{claim_id}"]


def test_the_more_literal_path_comes_first() -> None:
    wanted = ["/a/literal", "/a/{x:-?[0-9]+}", "/a/{x}", "/a/{x}/b", "/a/{x:.*}"]
    assert sorted(reversed(wanted), key=precedence) == wanted
