import ast
from pathlib import Path

ROOT = Path(__file__).parents[2]


def modules_that_make_principals() -> set[str]:
    found = set()
    for folder in ("app", "resolvers", "loaders"):
        for path in (ROOT / folder).rglob("*.py"):
            calls = (node.func for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call))
            names = {call.id if isinstance(call, ast.Name) else getattr(call, "attr", "") for call in calls}
            if "Principal" in names:
                found.add(path.relative_to(ROOT).as_posix())
    return found


def test_a_principal_is_made_from_a_credential_and_nowhere_else() -> None:
    assert modules_that_make_principals() == {"app/identity/authenticate.py"}
