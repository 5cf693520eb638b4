"""What is known of a user by category, through the schema."""

from dataclasses import replace

from app.domain.memory import Status
from tests.api.schema.world import World

ASK = '{ user(id: "ada") { knowledge { category content version sources { id } createdAt updatedAt } } }'


async def test_knowledge_is_compiled_by_category_of_what_has_been_read(world: World) -> None:
    one = await world.add("Prefers window seats.", user="ada", categories=["travel"])
    await world.add("Likes trains.", user="ben", categories=["travel"])
    async with world.store.write(world.principal()) as uow:
        (memory,) = await uow.memories.get_many([one["id"]])
        assert memory is not None
        await uow.memories.put_many([replace(memory, status=Status.COMPLETED, version=2)])
    (entry,) = (await world.ask(ASK))["user"]["knowledge"]
    assert entry.pop("createdAt") <= entry.pop("updatedAt")
    assert entry == {
        "category": "travel",
        "content": "## Travel\n\nPrefers window seats.\n",
        "version": 1,
        "sources": [{"id": one["id"]}],
    }
    await world.ask("mutation($id: ID!) { forgetMemories(input: {ids: [$id]}) { count } }", {"id": one["id"]})
    assert (await world.ask(ASK))["user"]["knowledge"] == []
