"""How a page of the product documentation is split into sentences."""

from __future__ import annotations

import hashlib
from textwrap import dedent

from scripts.page_sentences import Section, fingerprints, sections


def test_headings_and_tabs_begin_sections() -> None:
    page = "## 背景\n第一句。\n### 现象\n<dx-tabs>\n::: 四层\n第二句。\n:::\n</dx-tabs>\n"

    assert sections(page) == (
        Section("## 背景", ("第一句。",)),
        Section("### 现象", ()),
        Section("::: 四层", ("第二句。",)),
    )


def test_sentences_end_with_full_width_marks_or_lines() -> None:
    page = "# 页\n第一句。第二句？第三句！版本 1.18.4 的集群：\n下一行"

    assert sections(page)[0].sentences == ("第一句。", "第二句？", "第三句！", "版本 1.18.4 的集群：", "下一行")


def test_list_items_and_notes_lose_their_markers() -> None:
    page = "# 页\n1.  甲\n   2. 乙\n- 丙\n* 丁\n>? 戊\n>\n>!己\n> 庚"

    assert sections(page)[0].sentences == ("甲", "乙", "丙", "丁", "戊", "己", "庚")


def test_images_go_and_other_markup_stays() -> None:
    page = "# 页\n见 [说明](https://example.com/a_(b))，如下图所示：![图](https://example.com/1.png)\n![](x.png)\n**为什么？**\n**目的**：甲。"

    assert sections(page)[0].sentences == (
        "见 [说明](https://example.com/a_(b))，如下图所示：",
        "**为什么？**",
        "**目的**：甲。",
    )


def test_code_block_is_one_sentence() -> None:
    page = dedent("""\
        # 页
        如下：
        ```yaml
        a: 1

          # 注释。不拆分
        ```
        之后。
        """)

    assert sections(page)[0].sentences == ("如下：", "```yaml\na: 1\n\n  # 注释。不拆分\n```", "之后。")


def test_fingerprints_hash_each_sentence() -> None:
    page = (Section("# 页", ("甲。", "乙。")),)

    assert fingerprints(page) == [
        {"heading": "# 页", "sentences": [hashlib.sha256(text.encode()).hexdigest() for text in ("甲。", "乙。")]}
    ]
