"""DynamoDB passes the contract, on moto. Further tests use an endpoint that misbehaves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Context, Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.aws.attributes import to_attributes, to_item
from adapters.aws.clients import client_factory, session
from adapters.aws.dynamodb import DynamoDBKeyValueStore
from adapters.upstream.calls import Retries
from domain.base import tables
from fakes.system import FrozenClock
from infrastructure.tables import table_definitions
from ports.errors import PortError, Throttled, TimedOut, Unavailable, UpstreamError
from ports.key_value_store import (
    MAX_FLOAT,
    MAX_INTEGER,
    MAX_ITEM_BYTES,
    MIN_FLOAT,
    SCHEMA,
    Check,
    ConditionFailed,
    Delete,
    Index,
    ItemTooLarge,
    KeyValueStore,
    Put,
    Table,
    size_of,
)
from tests.contracts.key_value_store.contract import (
    DOCUMENTS,
    MADE_UP,
    MESSAGES,
    TABLES,
    TICKETS,
    KeyValueStoreContract,
    document,
    message,
)
from tests.stubs.aws import ACCESS_KEY, REGION, SECRET_KEY, client_of, create_tables, empty_aws
from tests.stubs.aws_endpoint import Answer, AwsEndpoint, json_answer, json_error

PREFIX = "test-"
KEY = {"document_id": "d"}


@pytest.fixture(scope="module")
def client() -> Any:
    return client_of("dynamodb")


@pytest.mark.wire
class TestDynamoDBKeyValueStore(KeyValueStoreContract):
    orders_equal_sort_values = False
    additions_at_once = 1

    @pytest.fixture
    def store(self, clock: FrozenClock, client: Any) -> Iterator[DynamoDBKeyValueStore]:
        with empty_aws():
            create_tables(client, TABLES, PREFIX)
            yield DynamoDBKeyValueStore(lambda: client, TABLES, clock, prefix=PREFIX)

    def test_the_largest_item_is_taken_and_a_larger_one_is_not(self, store: KeyValueStore) -> None:
        """Moto's limit is 405,000 bytes. A test below shows that the port's largest item is sent to DynamoDB."""
        item = document("d", text="x" * 404_000)
        store.put(DOCUMENTS, item)
        item["text"] = "x" * MAX_ITEM_BYTES
        writes: list[Callable[[], None]] = [
            lambda: store.put(DOCUMENTS, item),
            lambda: store.put_many(DOCUMENTS, [item]),
            lambda: store.transact([Put(DOCUMENTS, item)]),
        ]
        for write in writes:
            with pytest.raises(ItemTooLarge):
                write()
        stored = store.get(DOCUMENTS, KEY)
        assert stored is not None
        assert len(stored["text"]) == 404_000

    def test_no_name_of_an_attribute_is_reserved(self, clock: FrozenClock, client: Any) -> None:
        by_status = Index("by-status", "status", "size")
        table = Table("reserved", "name", "date", (by_status,), ttl="ttl", personal=MADE_UP)
        item = {"name": "n", "date": "d", "status": "s", "size": "z", "ttl": 2**31, "version": 1}
        with empty_aws():
            create_tables(client, [table], PREFIX)
            store = DynamoDBKeyValueStore(lambda: client, [table], clock, prefix=PREFIX)
            store.put(table, item, unless_exists=True)
            store.put(table, item, if_version=1)
            assert store.query(table, "n", prefix="d").items == [item]
            assert store.query(table, "s", index="by-status", up_to="z").items == [item]
            store.transact([Delete(table, table.key_of(item), if_version=1)])
            assert store.query(table, "n").items == []


class TestTableDefinitions:
    def test_create_table_accepts_the_definitions(self, client: Any) -> None:
        with empty_aws():
            create_tables(client, TABLES, PREFIX)
            assert sorted(client.list_tables()["TableNames"]) == [
                "test-documents",
                "test-messages",
                "test-tickets",
            ]
            tickets = client.describe_table(TableName="test-tickets")["Table"]
            assert tickets["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
            [index] = tickets["GlobalSecondaryIndexes"]
            assert index["Projection"] == {"ProjectionType": "ALL"}
            ttl = client.describe_time_to_live(TableName="test-tickets")["TimeToLiveDescription"]
            assert ttl == {"TimeToLiveStatus": "ENABLED", "AttributeName": "expires_at"}

    def test_lyceum_s_own_tables_can_be_made(self, client: Any) -> None:
        with empty_aws():
            create_tables(client, tables.TABLES, "prod-")
            names = client.list_tables()["TableNames"]
        assert sorted(names) == sorted(f"prod-{table.name}" for table in tables.TABLES)

    def test_every_attribute_is_defined_once_and_none_besides_the_keys(self) -> None:
        for definition in table_definitions([*TABLES, *tables.TABLES], ""):
            defined = [attribute["AttributeName"] for attribute in definition["AttributeDefinitions"]]
            schemas = [definition, *definition.get("GlobalSecondaryIndexes", [])]
            used = {part["AttributeName"] for schema in schemas for part in schema["KeySchema"]}
            assert len(defined) == len(set(defined))
            assert set(defined) == used


class TestClientFactory:
    def test_a_client_is_made_once_when_it_is_first_asked_for(self) -> None:
        factory = client_factory(
            "dynamodb",
            read_seconds=3,
            region_name=REGION,
            aws_access_key_id=ACCESS_KEY,
            aws_secret_access_key=SECRET_KEY,
        )
        with ThreadPoolExecutor(4) as pool:
            made = list(pool.map(lambda _: factory(), range(8)))
        assert len({id(client) for client in made}) == 1
        config = made[0].meta.config
        assert config.retries["total_max_attempts"] == 1
        assert (config.connect_timeout, config.read_timeout) == (1.0, 3)


numbers = (
    st.integers(-MAX_INTEGER, MAX_INTEGER)
    | st.floats(MIN_FLOAT, MAX_FLOAT)
    | st.floats(-MAX_FLOAT, -MIN_FLOAT)
    | st.sampled_from([0.0, -0.0, 1e22, 3.3e30, 2.0**53 + 2, 1e37, 1e38, 9.9e125, 0.1, 1e-130])
)
WAYS_TO_SAY_A_NUMBER: dict[str, Callable[[Decimal], str]] = {
    "as sent": str,
    "without an exponent": lambda value: f"{value:f}",
    "in its shortest form": lambda value: str(value.normalize(Context(prec=38))),
}


class TestAttributes:
    @given(number=numbers)
    @pytest.mark.parametrize("way", WAYS_TO_SAY_A_NUMBER)
    def test_numbers_come_back_exactly_however_dynamodb_says_them(self, way: str, number: float) -> None:
        sent = to_attributes({"n": number})["n"]["N"]
        assert len(Decimal(sent).normalize(Context(prec=400)).as_tuple().digits) <= 38
        answered = WAYS_TO_SAY_A_NUMBER[way](Decimal(sent))
        assert to_item({"n": {"N": answered}}) == {"n": number}

    @given(
        value=st.recursive(
            st.none() | st.booleans() | numbers | st.text(),
            lambda values: (
                st.lists(values, max_size=3) | st.dictionaries(st.text(min_size=1), values, max_size=3)
            ),
            max_leaves=8,
        )
    )
    def test_items_come_back_equal(self, value: object) -> None:
        assert to_item(to_attributes({"value": value})) == {"value": value}

    def test_an_item_that_contains_a_set_or_bytes_raises_type_error(self) -> None:
        with pytest.raises(TypeError):
            to_item({"value": {"SS": ["a"]}})


READ_FAULTS: dict[str, tuple[Answer, type[UpstreamError], int]] = {
    "throttled": (json_error("ThrottlingException"), Throttled, 3),
    "over capacity": (json_error("ProvisionedThroughputExceededException"), Throttled, 3),
    "over the account's limit": (json_error("RequestLimitExceeded"), Throttled, 3),
    "in a transaction's way": (json_error("TransactionConflictException"), Throttled, 3),
    "429": (Answer(429, b""), Throttled, 3),
    "internal": (json_error("InternalServerError", 500), Unavailable, 3),
    "503": (Answer(503, b"<html>"), Unavailable, 3),
    "504": (Answer(504, b"<html>"), TimedOut, 3),
    "dropped": (Answer(dropped=True), Unavailable, 3),
    "cut": (Answer(200, b'{"Item": {}}', cut=True), Unavailable, 3),
    "silent": (Answer(silent=True), TimedOut, 3),
    "garbled": (Answer(200, b"{}", (("x-amz-crc32", "1"),)), Unavailable, 3),
    "html": (Answer(200, b"<html>"), Unavailable, 3),
    "nothing": (Answer(200, b""), Unavailable, 3),
    "no object": (Answer(200, b"[1]"), Unavailable, 3),
    "no table": (json_error("ResourceNotFoundException"), Unavailable, 1),
    "forbidden": (json_error("AccessDeniedException"), Unavailable, 1),
    "expired token": (json_error("ExpiredTokenException"), Unavailable, 1),
    "our mistake": (json_error("ValidationException"), Unavailable, 1),
    "unheard of": (json_error("SomethingNewException"), Unavailable, 1),
}
UNSURE = {"internal", "503", "504", "dropped", "cut", "silent", "garbled", "html", "nothing", "no object"}
"""The kinds of faults after which it is unknown whether a write was done."""


def cancelled(*codes: str) -> Answer:
    reasons = [{"Code": code, "Message": "vendor's words"} for code in codes]
    return json_error("TransactionCanceledException", CancellationReasons=reasons)


@pytest.fixture(scope="module")
def running() -> Iterator[AwsEndpoint]:
    with AwsEndpoint() as endpoint:
        yield endpoint


@pytest.fixture(scope="module")
def patient(running: AwsEndpoint) -> Any:
    return client_of("dynamodb", endpoint_url=running.url)


@pytest.fixture(scope="module")
def impatient(running: AwsEndpoint) -> Any:
    return client_of("dynamodb", endpoint_url=running.url, read_seconds=0.2)


class TestFaults:
    @pytest.fixture
    def endpoint(self, running: AwsEndpoint) -> AwsEndpoint:
        running.forget()
        return running

    @pytest.fixture
    def pauses(self) -> list[float]:
        return []

    @pytest.fixture
    def store_with(
        self, patient: Any, clock: FrozenClock, pauses: list[float]
    ) -> Callable[..., DynamoDBKeyValueStore]:
        def make(client: Any = patient, **how: Any) -> DynamoDBKeyValueStore:
            def sleep(seconds: float) -> None:
                pauses.append(seconds)
                clock.advance(seconds)

            how.setdefault("tries", 3)
            retries = Retries(clock, sleep=sleep, jitter=lambda: 1.0, **how)
            return DynamoDBKeyValueStore(lambda: client, TABLES, clock, prefix=PREFIX, retries=retries)

        return make

    @pytest.fixture
    def clock(self) -> FrozenClock:
        return FrozenClock()

    @pytest.fixture
    def store(self, store_with: Callable[..., DynamoDBKeyValueStore]) -> DynamoDBKeyValueStore:
        return store_with()

    @pytest.mark.parametrize("name", READ_FAULTS)
    def test_each_fault_of_a_read_has_its_error(
        self,
        store_with: Callable[..., DynamoDBKeyValueStore],
        endpoint: AwsEndpoint,
        patient: Any,
        impatient: Any,
        name: str,
    ) -> None:
        answer, expected, requests = READ_FAULTS[name]
        endpoint.script(*[answer] * 3)
        with pytest.raises(UpstreamError) as caught:
            store_with(impatient if answer.silent else patient).get(DOCUMENTS, KEY)
        assert type(caught.value) is expected
        assert caught.value.capability == "key_value_store"
        assert "vendor" not in str(caught.value)
        assert len(endpoint.asked) == requests

    @pytest.mark.parametrize("name", READ_FAULTS)
    def test_a_conditional_write_is_repeated_only_if_it_surely_was_not_done(
        self,
        store_with: Callable[..., DynamoDBKeyValueStore],
        endpoint: AwsEndpoint,
        patient: Any,
        impatient: Any,
        name: str,
    ) -> None:
        answer, expected, requests = READ_FAULTS[name]
        endpoint.script(*[answer] * 3)
        store = store_with(impatient if answer.silent else patient)
        with pytest.raises(UpstreamError) as caught:
            store.put(DOCUMENTS, document("d"), unless_exists=True)
        assert type(caught.value) is (TimedOut if name in UNSURE else expected)
        assert len(endpoint.asked) == (1 if name in UNSURE else requests)

    @pytest.mark.parametrize("name", sorted(UNSURE - {"silent"}))
    def test_an_addition_is_not_repeated_if_it_may_have_been_done(
        self, store: DynamoDBKeyValueStore, endpoint: AwsEndpoint, name: str
    ) -> None:
        endpoint.script(READ_FAULTS[name][0])
        with pytest.raises(TimedOut):
            store.add(DOCUMENTS, KEY, {"read": 1})
        assert len(endpoint.asked) == 1

    @pytest.mark.parametrize("name", sorted(UNSURE - {"silent"}))
    def test_an_unconditional_write_is_repeated_and_raises_timed_out_if_unsure(
        self, store: DynamoDBKeyValueStore, endpoint: AwsEndpoint, name: str
    ) -> None:
        endpoint.script(*[READ_FAULTS[name][0]] * 2)
        store.put(DOCUMENTS, document("d"))
        assert len(endpoint.asked) == 3
        endpoint.script(*[READ_FAULTS[name][0]] * 3)
        with pytest.raises(TimedOut):
            store.delete(DOCUMENTS, KEY)

    def test_an_address_where_nothing_listens_is_unavailable(self, clock: FrozenClock) -> None:
        with AwsEndpoint() as gone:
            url = gone.url
        client = client_of("dynamodb", endpoint_url=url)
        retries = Retries(clock, sleep=clock.advance)
        store = DynamoDBKeyValueStore(lambda: client, TABLES, clock, retries=retries)
        with pytest.raises(Unavailable):
            store.put(DOCUMENTS, document("d"), unless_exists=True)

    @pytest.mark.parametrize("options", [{"region_name": REGION}, {}], ids=["no credentials", "no region"])
    def test_a_client_that_cannot_be_created_is_unavailable(
        self, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch, options: dict[str, Any]
    ) -> None:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_PROFILE", "AWS_DEFAULT_REGION", "AWS_REGION"):
            monkeypatch.delenv(name, raising=False)
        for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
            monkeypatch.setenv(name, "/nonexistent")
        monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        session.cache_clear()
        factory = client_factory("dynamodb", read_seconds=1, **options)
        with pytest.raises(Unavailable):
            DynamoDBKeyValueStore(factory, TABLES, clock).get(DOCUMENTS, KEY)
        session.cache_clear()

    @pytest.mark.parametrize(
        "lie",
        [
            {"Item": 3},
            {"Item": {"document_id": {"N": "x"}}},
            {"Item": {"document_id": {}}},
            {"Items": 3, "Responses": 3},
            {"Items": [3], "Responses": {f"{PREFIX}documents": [3]}},
            {"Items": [], "LastEvaluatedKey": {"x": {"S": "a"}}},
        ],
        ids=repr,
    )
    def test_an_answer_of_another_shape_is_unavailable(
        self, store: DynamoDBKeyValueStore, endpoint: AwsEndpoint, lie: dict[str, Any]
    ) -> None:
        calls: list[Callable[[], object]] = [
            lambda: store.query(DOCUMENTS, "d"),
            lambda: store.get_many(DOCUMENTS, [KEY]),
        ]
        if "Item" in lie:
            calls.append(lambda: store.get(DOCUMENTS, KEY))
        for call in calls:
            endpoint.script(json_answer(lie))
            with pytest.raises(Unavailable):
                call()

    def test_pauses_double_up_to_a_bound(
        self,
        store_with: Callable[..., DynamoDBKeyValueStore],
        endpoint: AwsEndpoint,
        pauses: list[float],
    ) -> None:
        endpoint.script(*[json_error("ThrottlingException")] * 8)
        with pytest.raises(Throttled):
            store_with(tries=8, seconds=lambda: 60.0).get(DOCUMENTS, KEY)
        assert pauses == [0.1, 0.2, 0.4, 0.8, 1.6, 2.0, 2.0]

    def test_no_try_begins_after_the_time_of_the_call(
        self,
        store_with: Callable[..., DynamoDBKeyValueStore],
        endpoint: AwsEndpoint,
        pauses: list[float],
    ) -> None:
        endpoint.script(*[json_error("ThrottlingException")] * 8)
        with pytest.raises(Throttled):
            store_with(tries=8, seconds=lambda: 1.0).get(DOCUMENTS, KEY)
        assert pauses == [0.1, 0.2, 0.4]

    def test_the_port_s_largest_item_is_sent(
        self, store: DynamoDBKeyValueStore, endpoint: AwsEndpoint
    ) -> None:
        item = document("d", text="")
        item["text"] = "x" * (MAX_ITEM_BYTES - size_of(DOCUMENTS, item))
        store.put(DOCUMENTS, item)
        assert to_item(endpoint.asked[0].json["Item"]) == {**item, SCHEMA: 1}

    # Transactions

    @pytest.mark.parametrize(
        ("reasons", "expected", "requests"),
        [
            (["None", "ConditionalCheckFailed"], ConditionFailed, 1),
            (["TransactionConflict", "ConditionalCheckFailed"], ConditionFailed, 1),
            (["TransactionConflict", "None"], Throttled, 3),
            (["None", "ThrottlingError"], Throttled, 3),
            (["ProvisionedThroughputExceeded", "None"], Throttled, 3),
            (["TransactionConflict", "ValidationError"], Unavailable, 1),
            (["ItemCollectionSizeLimitExceeded", "None"], Unavailable, 1),
            (["SomethingNew", "None"], Unavailable, 1),
            ([], Unavailable, 1),
        ],
    )
    def test_each_reason_of_a_cancelled_transaction_has_its_error(
        self,
        store: DynamoDBKeyValueStore,
        endpoint: AwsEndpoint,
        reasons: list[str],
        expected: type[PortError],
        requests: int,
    ) -> None:
        endpoint.script(*[cancelled(*reasons)] * 3)
        with pytest.raises(PortError) as caught:
            store.transact([Put(MESSAGES, message(1)), Check(DOCUMENTS, KEY, None)])
        assert type(caught.value) is expected
        assert len(endpoint.asked) == requests

    def test_a_transaction_is_repeated_under_one_token(
        self, store: DynamoDBKeyValueStore, endpoint: AwsEndpoint
    ) -> None:
        endpoint.script(Answer(dropped=True), json_error("TransactionInProgressException"))
        store.transact([Put(MESSAGES, message(1), unless_exists=True)])
        store.transact([Put(MESSAGES, message(1), unless_exists=True)])
        first, again, third, other = (request.json["ClientRequestToken"] for request in endpoint.asked)
        assert first == again == third != other
        assert endpoint.asked[0].body == endpoint.asked[2].body

    # Batches

    def test_only_unprocessed_items_are_sent_again(
        self, store: DynamoDBKeyValueStore, endpoint: AwsEndpoint, pauses: list[float]
    ) -> None:
        items = [message(number) for number in range(20)]
        sent = [{"PutRequest": {"Item": to_attributes(item)}} for item in items]
        name = f"{PREFIX}messages"
        for left in (sent[5:], sent[5:], sent[19:]):
            endpoint.script(json_answer({"UnprocessedItems": {name: left}}))
        store.put_many(MESSAGES, items)
        assert [len(request.json["RequestItems"][name]) for request in endpoint.asked] == [20, 15, 15, 1]
        assert pauses == [0.1, 0.2, 0.1]

    def test_a_batch_without_progress_is_throttled(
        self, store: DynamoDBKeyValueStore, endpoint: AwsEndpoint
    ) -> None:
        key = to_attributes(KEY)
        left = {f"{PREFIX}documents": [{"DeleteRequest": {"Key": key}}]}
        endpoint.script(*[json_answer({"UnprocessedItems": left})] * 3)
        with pytest.raises(Throttled):
            store.delete_many(DOCUMENTS, [KEY])
        unread = {"Responses": {}, "UnprocessedKeys": {f"{PREFIX}documents": {"Keys": [key]}}}
        endpoint.script(*[json_answer(unread)] * 3)
        with pytest.raises(Throttled):
            store.get_many(DOCUMENTS, [KEY])
        assert len(endpoint.asked) == 6

    def test_keys_left_unprocessed_are_asked_again(
        self, store: DynamoDBKeyValueStore, endpoint: AwsEndpoint
    ) -> None:
        name = f"{PREFIX}documents"
        one, two = (to_attributes(document(key)) for key in ("1", "2"))
        left = {name: {"Keys": [{"document_id": {"S": "2"}}], "ConsistentRead": True}}
        endpoint.script(
            json_answer({"Responses": {name: [one]}, "UnprocessedKeys": left}),
            json_answer({"Responses": {name: [two]}}),
        )
        keys = [{"document_id": key} for key in ("2", "1", "2", "3")]
        assert store.get_many(DOCUMENTS, keys) == [document("2"), document("1"), document("2"), None]
        assert endpoint.asked[1].json["RequestItems"] == left

    def test_batches_are_sent_side_by_side_and_never_larger_than_dynamodb_takes(
        self, store: DynamoDBKeyValueStore, endpoint: AwsEndpoint
    ) -> None:
        endpoint.script(*[json_answer({"Responses": {}})] * 3)
        keys = [MESSAGES.key_of(message(number % 230)) for number in range(300)]
        store.get_many(MESSAGES, keys)
        asked = [request.json["RequestItems"][f"{PREFIX}messages"] for request in endpoint.asked]
        assert sorted(len(request["Keys"]) for request in asked) == [30, 100, 100]
        assert all(request["ConsistentRead"] for request in asked)
        store.put_many(MESSAGES, [message(number % 60) for number in range(90)])
        asked = [request.json["RequestItems"][f"{PREFIX}messages"] for request in endpoint.asked[3:]]
        assert sorted(map(len, asked)) == [10, 25, 25]

    # Reads

    def test_reads_by_key_are_consistent_and_reads_by_index_cannot_be(
        self, store: DynamoDBKeyValueStore, endpoint: AwsEndpoint
    ) -> None:
        endpoint.script(Answer(), json_answer({"Items": []}), json_answer({"Items": []}))
        store.get(DOCUMENTS, KEY)
        store.query(DOCUMENTS, "d")
        store.query(TICKETS, "ada", index="by-owner")
        assert [request.json.get("ConsistentRead", False) for request in endpoint.asked] == [
            True,
            True,
            False,
        ]
