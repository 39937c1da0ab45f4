"""`tkelint graph`: who calls whom, as text, as a picture, or as the answer to a question."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from tkelint.cli_texts import say
from tkelint.commands import Exit, options
from tkelint.commands.output import print_pieces, progress, tell_of_unread, terminal_options, write_file
from tkelint.reporters import ReporterOptions
from tkelint.reporters.graph import FORMATS, Question, View, render

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tkelint.graph.model import Graph
    from tkelint.workspace import Workspace

_MOST_PATHS = 50


@click.command(help=say("graph"))
@click.argument("paths", nargs=-1, type=click.Path())
@options.config_file
@options.no_config
@options.output_format(tuple(FORMATS))
@options.outputs(FORMATS)
@click.option("--namespace", "-n", multiple=True, metavar="NAME", help=say("graph-namespace"))
@click.option("--host", multiple=True, metavar="NAME", help=say("graph-host"))
@click.option("--from", "start", metavar="NAME", help=say("graph-from"))
@click.option("--to", "end", metavar="NAME", help=say("graph-to"))
@options.language
@options.color
@options.assume
@options.stdin_filename("stdin.yaml")
@click.pass_context
def graph(ctx: click.Context, /, **given: Any) -> None:
    """See `cli_texts`."""
    from tkelint.engine import build_workspace  # noqa: PLC0415 - `--help` needs none of it
    from tkelint.graph.build import graph_of  # noqa: PLC0415
    from tkelint.run import read_sources  # noqa: PLC0415

    options.existing_paths(given["paths"])
    settings = options.settings_of(given)
    config = options.settled(ctx, settings, given)
    sources, skipped = read_sources(settings, config, sys.stdin.buffer, progress())
    workspace = build_workspace(sources, config)
    tell_of_unread([*skipped, *(reading.status for reading in workspace.readings)])
    part, question = _chosen(_of_targets(graph_of(workspace), workspace), given)
    view = View(part, config.root, _secrets(part, workspace), question)
    reading = terminal_options(given, config.language)
    for name, path in given["output"]:
        write_file(path, render(name, view, ReporterOptions(language=reading.language)))
    print_pieces(render(given["format"], view, reading))
    if not workspace.resources:
        ctx.exit(Exit.NOTHING_TO_LINT)
    ctx.exit(Exit.FINDINGS if question is not None and not question.paths else Exit.CLEAN)


def _of_targets(whole: Graph, workspace: Workspace) -> Graph:
    """What requests through the targets pass: the rest of the project is only known."""
    if all(resource.targeted for resource in workspace.resources):
        return whole
    from tkelint.graph.select import around  # noqa: PLC0415

    vertices = whole.vertices.values()
    return around(whole, [each.id for each in vertices if any(node.resource.targeted for node in each.nodes)])


def _chosen(whole: Graph, given: Mapping[str, Any]) -> tuple[Graph, Question | None]:
    """The part of the graph that the options ask for, and the question that they are."""
    from tkelint.graph.select import in_namespaces, matching, of_hosts, on_paths, paths  # noqa: PLC0415

    part = in_namespaces(whole, given["namespace"]) if given["namespace"] else whole
    part = of_hosts(part, given["host"]) if given["host"] else part
    start, end = given["start"], given["end"]
    if start is None and end is None:
        return part, None
    starts = matching(part, start, as_caller=True) if start is not None else ()
    ends = matching(part, end, as_caller=False) if end is not None else ()
    for name, found in ((start, starts), (end, ends)):
        if name is not None and not found and not _is_known(part, name):
            names = {form for vertex in part.vertices.values() for form in (vertex.name, vertex.full_name)}
            raise click.UsageError(say("nothing-called", name=name) + options.did_you_mean(name, names))
    is_futile = (start is not None and not starts) or (end is not None and not ends)
    found_paths, has_more = ((), False) if is_futile else paths(part, starts, ends, _MOST_PATHS)
    shown, renumbered = on_paths(part, found_paths)
    return shown, Question(start, end, renumbered, has_more)


def _is_known(part: Graph, name: str) -> bool:
    """Whether a name is that of something which is here but calls nobody, or is not called."""
    from tkelint.graph.select import matching  # noqa: PLC0415

    return name in part.unconnected_names or bool(
        matching(part, name, as_caller=False) or matching(part, name, as_caller=True)
    )


def _secrets(part: Graph, workspace: Workspace) -> Any:
    from tkelint.redact import secret_spans  # noqa: PLC0415

    shown = {
        related.node.resource.document.source.path
        for edge in part.edges
        for chain in edge.evidence
        for related in chain
    }
    return secret_spans(workspace.readings, shown)
