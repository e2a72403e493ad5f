"""A row of a table is found, shown and cited with its column heads, also far below them."""

from __future__ import annotations

from domain.agents.prompting import numbered, tutor_request
from domain.documents.layout import Layout
from domain.documents.passage import Passage
from tests.support.world import User, World

NAMES = [f"Star {chr(65 + number % 26)}{number}" for number in range(200)]
TABLE = "\n".join(
    ["Star | Distance in light years | Spectral class"]
    + [f"{name} | {100 + 7 * number} | {'OBAFGKM'[number % 7]}-type" for number, name in enumerate(NAMES)]
)


def test_a_chunk_from_the_middle_of_a_table_has_the_tables_heads(world: World, ada: User) -> None:
    file_id = ada.upload("stars.txt", f"These stars are near.\n\n{TABLE}")
    count = ada.get(f"/api/files/{file_id}").body["chunks_created"]
    assert count > 2
    heads = ["Star", "Distance in light years", "Spectral class"]
    for index in range(1, count):
        chunk = ada.get(f"/api/files/{file_id}/chunks/{index}").body
        assert chunk["column_heads"] == heads
        assert chunk["text"].startswith("Star ")  # it begins with a whole row
        assert any("Spectral class" in text and chunk["text"] in text for text in embedded(world))


def embedded(world: World) -> list[str]:
    return [text for texts in world.adapters.embedder.calls for text in texts]


def test_an_answer_from_a_row_is_supported_by_its_column_heads(world: World, ada: User) -> None:
    ada.upload("stars.txt", TABLE)
    row = TABLE.split("\n")[156]
    name, distance, kind = row.split(" | ")
    said = f"Star: {name}; Distance in light years: {distance}; Spectral class: {kind}"
    world.adapters.agent.enqueue(f'{said} [1 "{row}"].')
    answer = ada.ask(f"What is the distance in light years of {name}?").body
    (citation,) = answer["citations"]
    assert citation["quote"] == row
    assert citation["column_heads"] == ["Star", "Distance in light years", "Spectral class"]
    assert [one["support"] for one in answer["statements"]] == ["quoted"]


def test_an_agent_reads_the_heads_of_a_table_that_goes_on() -> None:
    heads = ("Star", "Distance")
    passage = Passage("f", "n.txt", None, 3, None, 0, 12, "Vega | 25 ly", 1.0, (), Layout(column_heads=heads))
    assert numbered([passage])[0].column_heads == heads
    assert "(columns: Star | Distance)\nVega | 25 ly" in tutor_request("How far is Vega?", [passage], [])
