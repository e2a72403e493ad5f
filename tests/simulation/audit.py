"""The conditions that must hold after faults have stopped, time has passed, and the sweeper has nothing left to do."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date
from typing import Any

from domain.base.tables import (
    ACTIVE_SESSIONS,
    CLASS_SHARES,
    CONVERSATIONS,
    FILES,
    INTERVIEW_SESSIONS,
    ITEM_ANSWERS,
    ITEMS,
    KNOWLEDGE_BASES,
    LEARNING_EVIDENCE,
    MESSAGES,
    QUIZ_RESULTS,
    QUIZZES,
    REVIEWS,
    TABLES,
    WEBSOCKET_CONNECTIONS,
)
from domain.documents.keys import DOCUMENTS, chunks_key, text_key
from domain.progress.deck import Deck, fold_deck
from domain.progress.decks import Decks
from domain.progress.keys import INTELLIGENCE, concept_vector_id
from domain.progress.ledger import Ledger
from domain.progress.rollup import refolded
from domain.quizzes.hints import evidence_weight
from fakes.scheduler import DoublingScheduler
from ports.key_value_store import Item, Table, is_expired
from tests.simulation.learner import GIVEN_UP, Book
from tests.simulation.marks import Marks
from tests.simulation.texts import CANARIES
from tests.simulation.world import INTERVIEWS_A_DAY, World
from tests.support.personal_data import parent_of, rows_of

_MAX_SWEEPS = 60
_BETWEEN_SWEEPS = 30.0


def settle(world: World) -> None:
    """Stop the faults, let all strands end, and run the sweeper until no row is due."""
    world.is_ended = True
    world.run()
    world.catch_up()
    world.fakes.knowledge_bases.finish()
    for _ in range(_MAX_SWEEPS):
        due = _due(world)
        if due is None:
            return
        world.scheduler.seconds = max(world.scheduler.seconds, due) + _BETWEEN_SWEEPS
        world.scheduler.begin("last sweep", world.process("sweep"), world.sweep)
        world.run()
        world.fakes.knowledge_bases.finish()
    left = [row for table in TABLES for row in _rows(world, table) if "sweep_at" in row]
    world.watch.found(f"the sweeper never comes to rest: {json.dumps(left)[:2000]}")


def _due(world: World) -> float | None:
    """When the next pending row is due, in seconds since the beginning; None if no row is pending."""
    waiting = [
        row["sweep_at"]
        for table in TABLES
        if any(index.name == "pending-index" for index in table.indexes)
        for row in _rows(world, table)
        if "pending" in row
    ]
    return world.seconds_of(min(waiting)) if waiting else None


def _rows(world: World, table: Table) -> list[Item]:
    now = world.true_clock.now()
    return [row for row in world.fakes.key_values.items(table) if not is_expired(table, row, now)]


class Audit:
    def __init__(self, world: World, book: Book) -> None:
        self.world = world
        self.book = book
        self.found = world.watch.found
        self.rows = {table: _rows(world, table) for table in TABLES}
        self.objects = world.fakes.objects.bodies()
        self.vectors = world.fakes.vectors.true

    def run(self) -> None:
        self.documents()
        self.strays()
        self.conversations()
        self.quizzes()
        self.items()
        self.interviews()
        self.mastery()
        self.reviews()
        self.class_shares()
        self.erasures()
        self.budgets()
        for wrong in Marks(self.world.fakes.key_values, self.rows, self.book).wrong():
            self.found(wrong)

    def documents(self) -> None:
        rows = {row["file_id"]: row for row in self.rows[FILES]}
        for file_id, row in rows.items():
            match row["status"]:
                case "completed":
                    self.completed(row)
                case "failed":
                    self.gone(row, may_keep_original=row["error_code"] == "processing_failed")
                case "deleted":
                    self.gone(row, may_keep_original=False)
                case status:
                    self.found(f"{file_id} is {status} for good")
        for brought in self.book.brought.values():
            if not brought.is_deleted:
                continue
            if rows.get(brought.file_id, {"status": "deleted"})["status"] != "deleted":
                self.found(f"{brought.file_id} was removed and is {rows[brought.file_id]['status']}")
            for where, text in self.kept():
                if brought.canary in text:
                    self.found(f"{brought.canary} was removed and stands in {where}: {text[:300]}")

    def kept(self) -> Iterator[tuple[str, str]]:
        """Each place that stores text of a document, with its content."""
        yield from ((key, body.decode(errors="replace")) for key, body in self.objects.items())
        yield from ((id, str(vector.metadata)) for id, vector in self.vectors.get(DOCUMENTS, {}).items())
        yield from ((FILES.name, json.dumps(row)) for row in self.rows[FILES])
        for row in self.rows[ACTIVE_SESSIONS]:
            if str(row.get("body", "")).startswith('{"file_id"'):
                yield ACTIVE_SESSIONS.name, json.dumps(row)

    def completed(self, row: Item) -> None:
        self.world.watch.check_indexed(row)
        owner, file_id = row["user_id"], row["file_id"]
        original = self.objects.get(row["s3_key"])
        text = self.objects.get(text_key(owner, file_id))
        chunks = self.objects.get(chunks_key(owner, file_id))
        if original is None or text is None or chunks is None:
            self.found(f"{file_id} is completed, and not all of it is there")
            return
        if original != text:
            self.found(f"{file_id} is completed with the text of other bytes than are stored")
        for chunk in json.loads(chunks)["chunks"]:
            if text.decode()[chunk["start"] : chunk["end"]] != chunk["text"]:
                self.found(f"{file_id} has a chunk that does not stand in its text")
        brought = self.book.brought.get(file_id)
        word = file_id if brought is None else brought.canary
        found = self.world.services.retrieval.passages(
            owner, f"the second law of motion {word}", classes=[], file_ids=[file_id]
        )
        if not found:
            self.found(f"{file_id} is completed and is not found")

    def gone(self, row: Item, *, may_keep_original: bool) -> None:
        owner, file_id = row["user_id"], row["file_id"]
        left = [key for key in self.objects if f"/{file_id}_" in key]
        if may_keep_original:
            left = [key for key in left if key != row["s3_key"]]
        left += [
            id for id, one in self.vectors.get(DOCUMENTS, {}).items() if one.metadata["file_id"] == file_id
        ]
        if left:
            self.found(f"{file_id} of {owner} is {row['status']} and left {left}")

    def strays(self) -> None:
        """Check that no row, object or vector is without its owner."""
        files = {row["file_id"] for row in self.rows[FILES]}
        for key in self.objects:
            folder, _, rest = key.partition("/")
            if folder in ("raw-files", "processed-chunks"):
                if rest.rpartition("/")[2].partition("_")[0] not in files:
                    self.found(f"{key} belongs to no document")
            elif folder == "recognised":
                self.found(f"{key} is kept, though nothing waits for it")
            elif rest.split("/")[0] not in {row["session_id"] for row in self.rows[INTERVIEW_SESSIONS]}:
                self.found(f"{key} belongs to no interview")
        for id, vector in self.vectors.get(DOCUMENTS, {}).items():
            if vector.metadata["file_id"] not in files:
                self.found(f"the vector {id} belongs to no document")
        for table in TABLES:
            parent = parent_of(table)
            if parent is None:
                continue
            known = {row[parent.partition] for row in self.rows[parent]}
            for row in self.rows[table]:
                if row[parent.partition] not in known:
                    self.found(f"a row of {table.name} belongs to nothing: {json.dumps(row)[:300]}")
        sessions = {
            row["session_id"] for row in self.rows[INTERVIEW_SESSIONS] if row["sort_key"] == "session"
        }
        for row in self.rows[INTERVIEW_SESSIONS]:
            if row["session_id"] not in sessions:
                self.found(f"a row of an interview that is none: {json.dumps(row)[:300]}")

    def conversations(self) -> None:
        messages: defaultdict[str, list[Item]] = defaultdict(list)
        for row in sorted(self.rows[MESSAGES], key=lambda row: str(row["sort_key"])):
            if row["sort_key"].startswith("m#"):
                messages[row["conversation_id"]].append(row)
        owners = {row["conversation_id"]: row["user_id"] for row in self.rows[CONVERSATIONS]}
        for row in self.rows[CONVERSATIONS]:
            said = messages[row["conversation_id"]]
            if row.get("deleting"):
                self.found(f"the conversation {row['conversation_id']} is being removed for good")
            if row["message_count"] != len(said):
                self.found(f"{row['conversation_id']} counts {row['message_count']} of {len(said)} messages")
            if [one["message_type"] for one in said] != ["user", "assistant"] * (len(said) // 2):
                self.found(f"questions and answers do not alternate in {row['conversation_id']}")
        everything = Counter(row["content"] for said in messages.values() for row in said)
        for asked in self.book.asked:
            if everything[asked.message] > 1:
                self.found(f"a question stands {everything[asked.message]} times: {asked.message}")
        asked_in: defaultdict[str, list[Any]] = defaultdict(list)
        for asked in self.book.asked:
            if asked.conversation_id is not None:
                asked_in[asked.conversation_id].append(asked)
        for conversation_id, acknowledged in asked_in.items():
            owner = acknowledged[0].owner
            if conversation_id in self.book.forgotten and conversation_id not in owners:
                # If the index did not show a row when it was removed, it may stay as long as a receipt is kept.
                tables = (MESSAGES,) if self.world.watch.has_lagged else (MESSAGES, ACTIVE_SESSIONS)
                for one in acknowledged:
                    for table in tables:
                        if any(one.message_id in json.dumps(row) for row in self.rows[table]):
                            self.found(
                                f"{conversation_id} was removed, and {table.name} has {one.message_id}"
                            )
            if conversation_id in self.book.forgotten or owner in self.book.erasing:
                continue
            if owners.get(conversation_id) != owner:
                self.found(f"the conversation {conversation_id} of {owner} is gone")
                continue
            places = {row["message_id"]: place for place, row in enumerate(messages[conversation_id])}
            contents = {row["message_id"]: row["content"] for row in messages[conversation_id]}
            for one in acknowledged:
                if contents.get(one.message_id) != one.response or everything[one.message] != 1:
                    self.found(f"an acknowledged answer is lost: {one}")
                for other in acknowledged:
                    if (
                        other.answered_at is not None
                        and other.answered_at < one.asked_at
                        and places.get(other.message_id, 0) > places.get(one.message_id, 0)
                    ):
                        self.found(f"out of order: {other} stands after {one}")

    def quizzes(self) -> None:
        results = {row["quiz_id"]: row for row in self.rows[QUIZ_RESULTS]}
        if len(results) != len(self.rows[QUIZ_RESULTS]):
            self.found("a quiz has several results")
        evidence: defaultdict[str, list[str]] = defaultdict(list)
        for row in self.rows[LEARNING_EVIDENCE]:
            if row.get("source") == "quiz" and not row["revision"]:
                evidence[row["source_id"]].append(row["evidence_id"])
        for row in self.rows[QUIZZES]:
            quiz_id = row["quiz_id"]
            if ("submitted_at" in row) != (quiz_id in results):
                self.found(f"{quiz_id} is submitted without a result, or has one without")
            if quiz_id in results:
                answers = results[quiz_id]["answers"]
                unsure = {
                    one["question_id"] for one in results[quiz_id]["detailed_results"] if one["needs_review"]
                }
                # ``Marks`` checks the effects of a corrected key or mark.
                corrected = {
                    one["question_id"]
                    for one in results[quiz_id]["detailed_results"]
                    if one["review"]["revision"] or one["is_retired"]
                }
                wanted = {
                    f"{quiz_id}-{one['question_id']}"
                    for one in row["questions"]
                    if answers[one["question_id"]] is not None and one["question_id"] not in unsure
                }
                may_lack = {f"{quiz_id}-{number}" for number in corrected}
                made = Counter(evidence[quiz_id])
                if (made.keys() ^ wanted) - may_lack or (made and max(made.values()) > 1):
                    self.found(f"{quiz_id} made the evidence {evidence[quiz_id]}")
                if not corrected:
                    self.scored(row, results[quiz_id])
                self.weighed(row)
        for quiz_id in evidence:
            if quiz_id not in results:
                self.found(f"evidence of the quiz {quiz_id}, which was not submitted")
        for quiz_id in self.book.results:
            if quiz_id not in results and self.book.quizzes[quiz_id]["owner"] not in self.book.erasing:
                self.found(f"the result of {quiz_id} is gone")

    def items(self) -> None:
        """Check that each result has an item answer for each of its items, that there are no other item answers, and
        that each item has all its versions.
        """
        results = {row["quiz_id"] for row in self.rows[QUIZ_RESULTS]}
        wanted = {
            (row["quiz_id"], one["question_id"], one["item_id"], one["item_version"])
            for row in self.rows[QUIZZES]
            if row["quiz_id"] in results
            for one in row["questions"]
            if one.get("item_id") is not None
        }
        names = ("quiz_id", "question_id", "item_id", "item_version")
        found = [tuple(row[name] for name in names) for row in self.rows[ITEM_ANSWERS]]
        if sorted(found) != sorted(wanted):
            self.found(f"the results have the items {sorted(wanted)}, and the answers are {sorted(found)}")
        versions = Counter(row["item_id"] for row in self.rows[ITEMS] if row["sort_key"].startswith("v#"))
        for row in self.rows[ITEMS]:
            if row["sort_key"] == "item" and versions[row["item_id"]] != row["item_version"]:
                self.found(f"{row['item_id']} is at version {row['item_version']} of {versions}")

    def scored(self, quiz: Item, result: Item) -> None:
        letters = [one for one in quiz["questions"] if one["kind"] in ("multiple_choice", "true_false")]
        right = sum(result["answers"].get(one["question_id"]) == "ABCD"[one["correct"]] for one in letters)
        of_letters = {one["question_id"] for one in letters}
        others = [one for one in result["detailed_results"] if one["question_id"] not in of_letters]
        right += sum(one["credit"] == 1 and not one["needs_review"] for one in others)
        if right != result["correct_answers"]:
            self.found(f"{quiz['quiz_id']} was scored {result['correct_answers']} for {right} right answers")

    def weighed(self, quiz: Item) -> None:
        """Check the evidence weight of each answer: the more hints its question got, the lower it is."""
        hints = {f"{quiz['quiz_id']}-{one['question_id']}": len(one["hints"]) for one in quiz["questions"]}
        for row in self.rows[LEARNING_EVIDENCE]:
            taken = hints.get(row.get("evidence_id", ""))
            if taken is not None and row["weight"] != evidence_weight(taken):
                self.found(f"{row['evidence_id']} weighs {row['weight']} after {taken} hints")

    def interviews(self) -> None:
        sessions = [row for row in self.rows[INTERVIEW_SESSIONS] if row["sort_key"] == "session"]
        evidence: defaultdict[str, list[Item]] = defaultdict(list)
        for row in sorted(self.rows[LEARNING_EVIDENCE], key=lambda row: int(row.get("revision", 0))):
            if row.get("source") == "interview":
                evidence[row["source_id"]].append(row)
        for row in sessions:
            session_id = row["session_id"]
            turns = [
                one
                for one in self.rows[INTERVIEW_SESSIONS]
                if one["session_id"] == session_id and one["sort_key"].startswith("t#")
            ]
            if row["state"] != "ended":
                self.found(f"{session_id} is {row['state']} for good")
            shown = {one["evidence_id"]: one["score"] for one in evidence.pop(session_id, [])}
            judged = {
                f"{session_id}-{turn['question_number']}": turn["analysis"]["overall"] / 100
                for turn in turns
                if turn.get("analysis") is not None
            }
            if shown != judged:
                self.found(f"{session_id} was judged {judged} and shows {shown}")
            for turn in turns:
                heard = turn.get("transcription") or ""
                if heard.count("OggS") > 1 or ("OggS" in heard and GIVEN_UP.split()[-1] in heard):
                    self.found(f"two recordings are mixed in {session_id}: {turn}")
                analysis = turn.get("analysis")
                if analysis is not None and not all(
                    quote in turn["transcription"] for quote in analysis["evidence"]
                ):
                    self.found(f"what was never said counts in {session_id}: {turn}")
            if not row["reviews"]:  # otherwise a person has decided since, and ``Marks`` checks it
                self.summaries_agree(session_id, turns)
        for session_id in evidence:
            self.found(f"evidence of the interview {session_id}, which is gone")
        known = {row["session_id"] for row in sessions}
        for session_id, owner in self.book.interviews.items():
            if session_id not in known and owner not in self.book.erasing:
                self.found(f"the interview {session_id} is gone")

    def summaries_agree(self, session_id: str, turns: list[Item]) -> None:
        """Check that each pushed summary of the interview gives every answer the stored score, however often it was
        pushed.
        """
        scores = {turn["asked"]["question"]: (turn.get("analysis") or {}).get("overall") for turn in turns}
        for pushed in self.world.watch.pushes.values():
            for pushed_summary in pushed:
                if (
                    pushed_summary["type"] == "interview_summary"
                    and pushed_summary["session_id"] == session_id
                ):
                    for one in pushed_summary["transcript"]:
                        if one["score"] != scores.get(one["question"]):
                            self.found(
                                f"{session_id} was summed up as {pushed_summary}, and stands as {scores}"
                            )

    def reviews(self) -> None:
        """Check that each review is one piece of evidence, and that each deck equals the fold of the ledger."""
        ledger, decks = Ledger(self.world.fakes.key_values), Decks(self.world.fakes.key_values)
        shown = sorted(
            (row["user_id"], row["source_id"], row["evidence_id"])
            for row in self.rows[LEARNING_EVIDENCE]
            if row.get("source") == "review" and not row["revision"]
        )
        answered = sorted(
            (
                row["user_id"],
                row["quiz_id"],
                f"{row['quiz_id']}-{row['question_id']}-review-{row['answered_on']}",
            )
            for row in self.rows[REVIEWS]
            if row["review_id"].startswith("answer#")
        )
        if shown != answered:
            self.found(f"reviews were answered {answered} and show {shown}")
        for owner in sorted({row["user_id"] for row in self.rows[LEARNING_EVIDENCE] if "evidence_id" in row}):
            stored = {deck.subject_id: deck for deck in decks.of(owner)}
            for subject_id in ledger.subjects_of(owner):
                fresh = fold_deck(owner, subject_id, ledger.evidence(owner, subject_id), DoublingScheduler())
                if stored.get(subject_id, Deck(owner, subject_id)).items != fresh.items:
                    self.found(f"the deck of {owner} in {subject_id} is not what the ledger says")
                for item in fresh.items:
                    waits = (date.fromisoformat(item.due_on) - date.fromisoformat(item.last_on)).days
                    if waits < 1 or (item.last_scores[-1] <= 0.5 and waits > 1):
                        self.found(f"what was answered so comes back after {waits} days: {item}")

    def class_shares(self) -> None:
        """Check that each piece of evidence repeats the figures of the class snapshot that it names."""
        shares = {
            (row["subject_id"], row["taken_on"]): (row["shares"], row["usual"])
            for row in self.rows[CLASS_SHARES]
            if row["sort_key"].startswith("day#")
        }
        for row in self.rows[LEARNING_EVIDENCE]:
            named = row.get("in_class") if "evidence_id" in row else None
            if named is not None:
                known, usual = shares.get((named["subject_id"], named["taken_on"]), ({}, None))
                if (known.get(row["concept"]), usual) != (named["share"], named["usual"]):
                    self.found(f"{row['evidence_id']} names a snapshot that says otherwise: {named}")

    def mastery(self) -> None:
        ledger = Ledger(self.world.fakes.key_values)
        marks = [row for row in self.rows[LEARNING_EVIDENCE] if row["sort_key"].startswith("stale#")]
        if marks:
            self.found(f"marks were left: {marks}")
        shown = {
            (row["user_id"], row["subject_id"])
            for row in self.rows[LEARNING_EVIDENCE]
            if "evidence_id" in row
        }
        shown |= {
            (row["user_id"], row["subject_id"])
            for row in self.rows[LEARNING_EVIDENCE]
            if row["sort_key"] == "standing"
        }
        wanted: dict[str, float] = {}
        for owner, subject_id in sorted(shown):
            standing = ledger.standing(owner, subject_id)
            fresh = refolded(standing, ledger.evidence(owner, subject_id))
            if standing != fresh:
                self.found(f"{owner} stands in {subject_id} as {standing}, and the ledger says {fresh}")
            ids = Counter((one.evidence_id, one.revision) for one in ledger.entries(owner, subject_id))
            if ids and max(ids.values()) > 1:
                self.found(f"evidence stands twice: {ids}")
            for one in fresh.concepts:
                wanted[concept_vector_id(owner, subject_id, one.concept)] = one.mastery_level
            if fresh.concepts and subject_id not in ledger.subjects_of(owner):
                self.found(f"{owner} has evidence in {subject_id}, which is not listed")
        projected = {
            id: vector.metadata["mastery_level"] for id, vector in self.vectors.get(INTELLIGENCE, {}).items()
        }
        if projected != wanted:
            self.found(f"the projection shows {projected} of {wanted}")

    def erasures(self) -> None:
        for owner in self.book.erased:
            word = CANARIES[owner]
            for where, text in self.everything():
                if word in text:
                    self.found(f"{owner} was erased, and is found in {where}: {text[:300]}")
            theirs = rows_of(owner, self.rows)
            for table in TABLES:
                for row in self.rows[table]:
                    is_theirs = owner in row.values() or row in theirs.get(table, ())
                    is_tombstone = table is FILES and row["status"] == "deleted"
                    if is_theirs and not is_tombstone and table is not WEBSOCKET_CONNECTIONS:
                        self.found(f"{owner} was erased, and has in {table.name}: {json.dumps(row)[:400]}")

    def everything(self) -> Iterator[tuple[str, str]]:
        yield from ((key, f"{key} {body.decode(errors='replace')}") for key, body in self.objects.items())
        for space in self.vectors.values():
            yield from ((id, f"{id} {vector.metadata}") for id, vector in space.items())
        for table, rows in self.rows.items():
            yield from ((table.name, json.dumps(row)) for row in rows)

    def budgets(self) -> None:
        for owner, begun in self.world.watch.begun.items():
            if begun > INTERVIEWS_A_DAY and owner not in self.book.erasing:
                self.found(f"{owner} began {begun} interviews, where {INTERVIEWS_A_DAY} a day are allowed")
        for (owner, kind), left in self.world.allowed.items():
            had = self.world.watch.had[owner, kind]
            if had > left:
                self.found(f"{owner} had {had} {kind}, where {left} were left of the day's")
        if self.rows[KNOWLEDGE_BASES] and any("sweep_at" in row for row in self.rows[KNOWLEDGE_BASES]):
            self.found("a knowledge base is left behind")
