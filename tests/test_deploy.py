"""What an image is built from, and where its packages come from."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent


def patterns() -> list[str]:
    """The lines of .dockerignore without comments."""
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def test_an_image_is_built_from_what_is_packed_and_from_nothing_else() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    project, packed = settings["project"], settings["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    needed = {"pyproject.toml", "uv.lock", project["readme"], *project["license-files"], *packed}
    assert patterns()[0] == "*"
    assert {line[1:] for line in patterns() if line.startswith("!")} == needed


def test_hidden_files_stay_out_of_an_image_wherever_they_lie() -> None:
    assert "**/.*" in patterns()
    assert patterns().index("**/.*") > max(place for place, line in enumerate(patterns()) if line.startswith("!"))


def test_every_recipe_installs_what_the_lock_names() -> None:
    for recipe in ("deploy/Dockerfile", "docs/deploy.md"):
        text = (ROOT / recipe).read_text(encoding="utf-8")
        assert re.search(r"uv sync --frozen .*--extra all", text), recipe
        assert set(re.findall(r"pip install (?:--no-cache-dir )?(\S+)", text)) <= {"uv", "uv==0.13.8"}, recipe
