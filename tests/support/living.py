"""A learner who uses every route and message that stores something."""

from __future__ import annotations

import base64

from tests.support.interviews import ANSWERS, begun, connected, prepared
from tests.support.world import HISTORY, PHYSICS, User, World


def live(world: World, who: User, canary: str, connection_id: str = "d6wF7cYkoAMCJ3g=") -> None:
    """Use every route and message that stores something. Each text that can contain the canary contains it."""
    who.upload(f"{canary}.txt", f"{PHYSICS} {canary}.", subject_id="physics_101", tags=[canary])
    who.upload_in_request(f"{canary}-2.md", f"# {canary}\n\n{HISTORY}".encode(), {"tags": canary})
    who.offer(f"{canary}-later.txt", b"never sent")
    broken = who.offer(f"{canary}-broken.pdf", canary.encode())
    world.tell_of_object(who.put_bytes(broken, canary.encode()))
    asked = who.ask(f"What does the second law say, {canary}?", subject_id="physics_101").body
    who.post("/api/chat", {"message": f"{canary}?"}, headers={"Idempotency-Key": canary})
    who.patch(f"/api/chat/conversations/{asked['conversation_id']}", {"title": canary})
    who.post("/api/chat/subjects/physics_101", {"message": f"{canary}?"})
    who.get("/api/subjects/physics_101/ai-chat")
    who.post("/api/search/cross-subject", {"query": canary, "subjects": ["physics_101"]})
    quiz = who.make_quiz(subject_id="physics_101", num_questions=1)
    result_id = who.submit(quiz, who.right_answers(quiz)).body["result_id"]
    who.post(f"/api/results/{result_id}/appeals", {"question_id": "1", "sentence": canary})
    ruling = {"result_id": result_id, "question_id": "1", "verdict": "wrong", "reason": canary}
    world.user("grace").post("/api/teacher/subjects/physics_101/overrides", ruling)
    who.make_quiz(num_questions=1)
    who.get("/api/me/export")
    who.post("/api/ws-ticket")
    prepared(world, who)
    socket = connected(world, who, connection_id)
    question = begun(socket)["question"]
    said = f"{ANSWERS[question]} {canary}."
    socket.send({"type": "text_answer", "text": said, "request_id": canary})
    socket.send({"type": "chat_message", "message": f"{canary}?"})
    world.adapters.transcriber.enqueue(canary)
    sound = {"audio_data": base64.b64encode(f"OggS {canary}".encode()).decode(), "media_format": "ogg"}
    (received,) = socket.send({"type": "audio_chunk", "sequence": 0, "is_final": False, **sound})
    assert received["type"] == "audio_received"
