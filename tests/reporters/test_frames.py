from __future__ import annotations

from textwrap import dedent

from samples import place, span

from tkelint.reporters import ReporterOptions
from tkelint.reporters.frames import Mark, frame, gutter_width
from tkelint.source import SourceFile, Span

SOURCE = SourceFile(
    "a.yaml",
    dedent("""\
        ---
        kind: Service
        metadata:
          name: web  # 订单
        spec:
          type: LoadBalancer

          ports:
            - port: 80
              targetPort: htpp
              nodePort: 30000
        """),
)


def draw(*marks: Mark, context: int = 0, width: int = 80, secrets: tuple[Span, ...] = ()) -> str:
    gutter = gutter_width(SOURCE, marks, context)
    return "\n".join(frame(SOURCE, marks, secrets, gutter, context, ReporterOptions(width=width)))


def mark(needle: str, label: str = "", style: str = "error") -> Mark:
    return Mark(span(SOURCE, needle), style, label)


def test_mark_is_underlined_with_its_context() -> None:
    assert draw(mark("htpp"), context=1) == (
        "   |\n"
        " 9 |     - port: 80\n"
        "10 |       targetPort: htpp\n"
        "   |                   ^^^^\n"
        "11 |       nodePort: 30000\n"
        "   |"
    )


def test_blank_lines_and_document_starts_are_no_context() -> None:
    assert draw(mark("kind"), context=1).splitlines()[1] == "2 | kind: Service"
    assert draw(mark("ports"), context=1).splitlines()[1] == "8 |   ports:"


def test_lines_between_marks_are_left_out_but_not_a_single_one() -> None:
    assert draw(mark("htpp"), mark("name: web", "this name", "related"), mark("spec", style="related")) == (
        "   |\n"
        " 4 |   name: web  # 订单\n"
        "   |   --------- this name\n"
        " 5 | spec:\n"
        "   | ----\n"
        "...\n"
        "10 |       targetPort: htpp\n"
        "   |                   ^^^^\n"
        "   |"
    )
    assert "...\n" not in draw(mark("ports"), mark("LoadBalancer"))


def test_marks_of_one_line_each_have_their_underline() -> None:
    assert draw(mark("80", "port", "related"), mark("port: 80")).splitlines()[2:4] == [
        "  |       ^^^^^^^^",
        "  |             -- port",
    ]


def test_long_label_goes_on_beside_its_underline() -> None:
    label = "the port that no container of the Deployment has, as far as one can see"

    assert draw(mark("htpp", label), width=60).splitlines()[2:] == [
        "   |                   ^^^^ the port that no container of",
        "   |                        the Deployment has, as far as",
        "   |                        one can see",
        "   |",
    ]


def test_label_without_room_goes_below() -> None:
    assert draw(mark("htpp", "端口不存在，请改为容器端口"), width=40).splitlines()[2:] == [
        "   |                   ^^^^",
        "   |            端口不存在，请改为容器端",
        "   |            口",
        "   |",
    ]


def test_span_of_several_lines_is_drawn_on_its_first() -> None:
    assert draw(Mark(Span(SOURCE.text.index("ports"), len(SOURCE.text)), "error")).splitlines()[1:3] == [
        "8 |   ports:",
        "  |   ^^^^^^",
    ]


def test_empty_span_is_one_caret_wide() -> None:
    end = span(SOURCE, "LoadBalancer").end

    assert draw(Mark(Span(end, end), "error")).splitlines()[2] == "  |                     ^"


def test_end_of_file_can_be_marked() -> None:
    assert draw(Mark(Span(len(SOURCE.text), len(SOURCE.text)), "error")).splitlines()[1:3] == ["12 |", "   | ^"]


def test_secret_data_is_masked_and_marked_as_a_whole() -> None:
    assert draw(mark("htpp"), secrets=(span(SOURCE, "htpp"),)).splitlines()[1:3] == [
        "10 |       targetPort: ***",
        "   |                   ^^^",
    ]


def test_secret_data_in_the_context_is_masked() -> None:
    assert "30000" not in draw(mark("htpp"), context=1, secrets=(span(SOURCE, "30000"),))


def test_label_cannot_bring_escape_sequences() -> None:
    assert "\x1b" not in draw(mark("htpp", "\x1b[2J"))


def test_crlf_does_not_reach_the_terminal() -> None:
    source = SourceFile("a.yaml", "a: b\r\nc: d\r\n")
    where = place(source, "b")

    lines = list(frame(source, [Mark(where.span, "error")], (), 1, 1, ReporterOptions()))

    assert not any("\r" in line for line in lines)
