"""The graph as text, JSON, Mermaid, dot and SVG: aligned, valid, and harmless whatever the names are."""

from __future__ import annotations

import itertools
import json
import re
import subprocess
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path

import jsonschema
import pydot
import pytest
from click.testing import CliRunner, Result

from tests.hostile_names import HOSTILE
from tests.linting import workspace_of
from tests.test_traffic import INGRESS, SERVER, client
from tkelint.cli import cli
from tkelint.graph.build import graph_of
from tkelint.graph.select import paths
from tkelint.reporters import ReporterOptions
from tkelint.reporters.graph import FORMATS, Question, View, render
from tkelint.reporters.graph.arrangement import BOX_HEIGHT, arrange
from tkelint.reporters.graph.svg import draw
from tkelint.reporters.layout import width

PROJECT = Path(__file__).parents[2]
ENGLISH = {"LC_ALL": "C", "COLUMNS": "100", "NO_COLOR": "1"}
LOOP = INGRESS + SERVER % "x" + client("http://api.corp.example")


def tkelint(*arguments: str, stdin: str | None = None) -> Result:
    return CliRunner().invoke(cli, ["graph", *arguments], input=stdin, env=ENGLISH)


def view_of(text: str) -> View:
    return View(graph_of(workspace_of(text)), Path(), {})


def rendered(name: str, text: str, language: str = "en") -> str:
    return "".join(render(name, view_of(text), ReporterOptions(language=language)))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_text_of_the_example_is_as_expected(language: str, check_expected: Callable[[str, str], None]) -> None:
    result = tkelint("examples/shop", "--lang", language)

    assert result.exit_code == 0
    check_expected(f"graph/shop.{language}.txt", result.stdout)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_answer_of_the_example_is_as_expected(language: str, check_expected: Callable[[str, str], None]) -> None:
    result = tkelint("examples/shop", "--from", "shop/checkout", "--to", "payments", "--lang", language)

    assert result.exit_code == 0
    check_expected(f"graph/checkout-to-payments.{language}.txt", result.stdout)


def test_places_of_a_tree_stand_below_each_other_with_chinese_too() -> None:
    lines = rendered("text", LOOP, "zh").split("\n\n")[0].splitlines()

    assert len(lines) > 4
    assert len({width(line[: line.index("manifests.yaml")]) for line in lines}) == 1


def test_json_satisfies_its_schema() -> None:
    schema = json.loads((PROJECT / "docs" / "graph.schema.json").read_text(encoding="utf-8"))
    for arguments in (["examples/shop"], ["examples/shop", "--from", "checkout"], ["examples/shop-repaired"]):
        document = json.loads(tkelint(*arguments, "--format", "json").stdout)

        jsonschema.Draft202012Validator(schema).validate(document)


def test_json_names_edges_by_their_place() -> None:
    document = json.loads(rendered("json", LOOP))

    (loop,) = document["loops"]
    assert [document["edges"][number]["loops"] for number in loop["edges"]] == [True] * 5
    assert document["edges"][loop["edges"][0]]["source"] == loop["client"]
    assert document["paths"] is None


def test_json_of_a_question_has_its_paths() -> None:
    graph = graph_of(workspace_of(LOOP))
    found, has_more = paths(graph, ["client:Deployment prod/web"], (), 10)
    view = View(graph, Path(), {}, Question("web", None, found, has_more))

    document = json.loads("".join(render("json", view, ReporterOptions())))

    assert document["paths"]["found"] == [{"edges": document["loops"][0]["edges"], "loop": 0}]
    assert document["paths"]["complete"] is True


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of pydot's own parser
def test_dot_is_read_by_a_parser() -> None:
    for text in (LOOP, HOSTILE):
        (parsed,) = pydot.graph_from_dot_data(rendered("dot", text))
        document = json.loads(rendered("json", text))

        nodes = [node for column in parsed.get_subgraphs() for node in column.get_nodes()]
        assert len(nodes) == len(document["vertices"])
        assert len(parsed.get_edges()) == len(document["edges"])
        assert all(set(node.get_attributes()) <= {"label", "tooltip", "color", "penwidth"} for node in nodes)


def test_dot_is_drawn_by_graphviz() -> None:
    try:
        drawn = subprocess.run(
            ["dot", "-Tsvg"], check=False, input=rendered("dot", HOSTILE), capture_output=True, encoding="utf-8"
        )
    except FileNotFoundError:
        pytest.skip("graphviz is not installed")

    assert (drawn.returncode, drawn.stderr) == (0, "")
    assert "<script" not in drawn.stdout


MERMAID_LINES = (
    r"flowchart LR",
    r'    subgraph c\d\["(?:[\w ,.-]|[^\x00-\u02ff]|#\d+;)*"\]',
    r'        v\d+(\(\[|\(\(|\{\{|>|\[)"(?:[\w ./-]|[^\x00-\u02ff]|#\d+;|<br>)*"(\]\)|\)\)|\}\}|\])',
    r"    end",
    r"    v\d+ (-->|-\.->) v\d+",
    r"    classDef loop stroke:#d1242f,stroke-width:2px",
    r"    linkStyle [\d,]+ stroke:#d1242f,stroke-width:3px",
    r"    class [v\d,]+ loop",
)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("text", [LOOP, HOSTILE], ids=["loop", "hostile"])
def test_mermaid_has_only_lines_of_known_shape(text: str, language: str) -> None:
    lines = rendered("mermaid", text, language).splitlines()

    assert [line for line in lines if not any(re.fullmatch(each, line, re.ASCII) for each in MERMAID_LINES)] == []


def test_loopback_is_red_everywhere() -> None:
    assert "linkStyle 0,2,3,5,6 stroke:#d1242f" in rendered("mermaid", LOOP)
    assert rendered("dot", LOOP).count('color="#d1242f"') == 6 + 5
    assert draw(view_of(LOOP).graph, "en").count('class="edge loop"') == 5


@pytest.mark.parametrize("text", [LOOP, HOSTILE], ids=["loop", "hostile"])
def test_svg_is_well_formed_and_has_no_active_part(text: str) -> None:
    root = ET.fromstring(draw(view_of(text).graph, "zh"))  # noqa: S314 - our own text

    names = {element.tag.rpartition("}")[2] for element in root.iter()}
    attributes = {name for element in root.iter() for name in element.attrib}
    assert names <= {"svg", "title", "style", "defs", "marker", "g", "rect", "path", "text"}
    assert not [name for name in attributes if name.startswith("on") or name.endswith("href")]


def test_boxes_of_a_column_do_not_overlap() -> None:
    text = (PROJECT / "tests/fixtures/graph/crowd.yaml").read_text(encoding="utf-8")
    graph = graph_of(workspace_of(text))
    boxes = arrange(graph).boxes

    for column in range(6):
        tops = sorted(boxes[vertex.id][1] for vertex in graph.vertices.values() if vertex.column == column)
        assert all(below - above >= BOX_HEIGHT for above, below in itertools.pairwise(tops))


def test_edges_that_could_run_straight_do_not_cross() -> None:
    """Clients that call in the reverse order of their names: sorted by name every pair of edges would cross."""
    service = "---\napiVersion: v1\nkind: Service\nmetadata: {name: s%s, namespace: prod}\nspec: {selector: {app: s}, ports: [{port: 80}]}\n"
    text = "".join(service % number for number in range(6))
    text += "".join(client(f"http://s{5 - number}").replace("name: web,", f"name: c{number},") for number in range(6))
    graph = graph_of(workspace_of(text))
    boxes = arrange(graph).boxes

    pairs = [(boxes[edge.source][1], boxes[edge.target][1]) for edge in graph.edges if edge.source.startswith("client")]
    assert sorted(pairs) == sorted(pairs, key=lambda pair: pair[1])


def test_nothing_of_a_secret_is_shown() -> None:
    secret = (
        "apiVersion: v1\nkind: Secret\nmetadata: {name: s, namespace: prod}\nstringData:\n  password: hunter2\n---\n"
    )
    service = json.dumps(yaml_service("server"))
    shown = {
        name: tkelint("-", "--no-config", "--format", name, stdin=secret + service + "\n" + client("http://server"))
        for name in FORMATS
    }

    assert [name for name, result in shown.items() if result.exit_code or "hunter2" in result.stdout] == []
    assert "password: ***" in shown["html"].stdout


def yaml_service(name: str) -> dict[str, object]:
    spec = {"selector": {"app": name}, "ports": [{"port": 80}]}
    return {"apiVersion": "v1", "kind": "Service", "metadata": {"name": name, "namespace": "prod"}, "spec": spec}


def test_usage_and_exit_status(tmp_path: Path) -> None:
    assert tkelint("examples/shop", "--from", "shop/catalog", "--to", "payments").exit_code == 1
    assert (
        "no path leads from shop/catalog to payments"
        in tkelint("examples/shop", "--from", "shop/catalog", "--to", "payments").stdout
    )
    wrong = tkelint("examples/shop", "--from", "shop/chekout")
    assert wrong.exit_code == 2
    assert "did you mean shop/checkout?" in wrong.stderr
    assert tkelint(str(tmp_path)).exit_code == 3


def test_file_that_could_not_be_read_is_told(tmp_path: Path) -> None:
    tmp_path.joinpath("a.yaml").write_text(LOOP, "utf-8")
    tmp_path.joinpath("t.yaml").write_text("{{ if .Values.a }}\nkind: Service\n{{ end }}\n", "utf-8")

    result = tkelint(str(tmp_path), "--no-config")

    assert result.exit_code == 0
    assert "not read, or only in part, so that what they hold is missing here:" in result.stderr
    assert "t.yaml" in result.stderr
    assert "not read" not in result.stdout


def test_graph_goes_to_files_too(tmp_path: Path) -> None:
    result = tkelint(
        "examples/shop", "--output", f"html={tmp_path / 'g.html'}", "--output", f"dot={tmp_path / 'g.dot'}"
    )

    assert result.exit_code == 0
    assert tmp_path.joinpath("g.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert tmp_path.joinpath("g.dot").read_text(encoding="utf-8").startswith("digraph")
    assert tkelint("examples/shop", "--output", "svg=x").exit_code == 2


def test_large_graph_says_what_it_left_out() -> None:
    service = "---\napiVersion: v1\nkind: Service\nmetadata: {name: a%s}\nspec: {ports: [{port: 80}]}\n"
    text = "".join(service % number for number in range(1600))

    assert "1100 more begin here" in rendered("text", text)
    assert "1300 of 1600 boxes are left out" in rendered("mermaid", text)
    assert '"leftOut":100,"total":1600' in rendered("html", text)
    assert len(json.loads(rendered("json", text))["vertices"]) == 1600
