"""Versions: ETag, If-None-Match, If-Match, and a `lastUpdated` that strictly increases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any

import pytest
import requests
from client import Client, a_patient, new_id, refused


def update(door: Client, patient: dict[str, Any], **headers: str) -> requests.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return door.put(f"/patient/{patient['id']}", a_patient(id=patient["id"]), headers=named)


@pytest.fixture
def created(door: Client) -> requests.Response:
    return door.post("/patient", a_patient())


@pytest.fixture
def patient(created: requests.Response) -> dict[str, Any]:
    return created.json()


@pytest.fixture
def etag(created: requests.Response) -> str:
    return created.headers["ETag"]


class TestETag:
    def test_create_and_load_answer_the_same_tag(self, door: Client, patient: dict[str, Any], etag: str) -> None:
        assert etag.startswith('"') and etag.endswith('"') and len(etag) > 2
        assert door.get(f"/patient/{patient['id']}").headers["ETag"] == etag

    def test_an_update_answers_a_new_one(self, door: Client, patient: dict[str, Any], etag: str) -> None:
        newer = update(door, patient).headers["ETag"]
        assert newer != etag
        assert door.get(f"/patient/{patient['id']}").headers["ETag"] == newer

    def test_a_test_has_one_too(self, door: Client, patient: dict[str, Any]) -> None:
        test = door.create_test(patient["id"])
        answer = door.get(f"/patient/{patient['id']}/tests/{test['id']}")
        assert answer.headers["ETag"].startswith('"')


class TestIfNoneMatch:
    @pytest.mark.parametrize("form", ["{}", "W/{}", '"other", {}', '{}, "other"', "*", '"a","b",W/{}'])
    def test_a_matching_tag_is_304_without_a_body(
        self, door: Client, patient: dict[str, Any], etag: str, form: str
    ) -> None:
        answer = door.get(f"/patient/{patient['id']}", headers={"If-None-Match": form.format(etag)})
        assert (answer.status_code, answer.content) == (304, b"")
        assert answer.headers["ETag"] == etag

    @pytest.mark.parametrize("tag", ['"other"', '""', "garbage", '"'])
    def test_another_tag_is_answered_in_full(self, door: Client, patient: dict[str, Any], tag: str) -> None:
        answer = door.get(f"/patient/{patient['id']}", headers={"If-None-Match": tag})
        assert (answer.status_code, answer.json()) == (200, patient)

    def test_a_tag_matches_no_more_after_an_update(self, door: Client, patient: dict[str, Any], etag: str) -> None:
        update(door, patient)
        assert door.get(f"/patient/{patient['id']}", headers={"If-None-Match": etag}).status_code == 200

    def test_an_absent_patient_is_404_all_the_same(self, door: Client) -> None:
        refused(door.get(f"/patient/{new_id()}", headers={"If-None-Match": "*"}), 404, "Patient not found")

    def test_it_works_on_one_test(self, door: Client, patient: dict[str, Any]) -> None:
        path = f"/patient/{patient['id']}/tests/{door.create_test(patient['id'])['id']}"
        tag = door.get(path).headers["ETag"]
        assert door.get(path, headers={"If-None-Match": tag}).status_code == 304
        assert door.get(path, headers={"If-None-Match": '"other"'}).status_code == 200

    @pytest.mark.parametrize("form", ["*", "{}", "W/{}", '"other", {}'])
    def test_an_update_of_a_version_that_it_names_is_412_and_nothing_changes(
        self, door: Client, patient: dict[str, Any], etag: str, form: str
    ) -> None:
        refused(update(door, patient, If_None_Match=form.format(etag)), 412)
        assert door.get(f"/patient/{patient['id']}").json() == patient

    def test_an_update_of_another_version_goes_through(self, door: Client, patient: dict[str, Any]) -> None:
        assert update(door, patient, If_None_Match='"other"').status_code == 200


class TestIfMatch:
    @pytest.mark.parametrize("form", ["{}", "*", '"other", {}', '{},"other"'])
    def test_a_matching_tag_lets_the_update_through(
        self, door: Client, patient: dict[str, Any], etag: str, form: str
    ) -> None:
        assert update(door, patient, If_Match=form.format(etag)).status_code == 200

    @pytest.mark.parametrize("form", ['"other"', '""', "W/{}"])
    def test_another_tag_is_412_and_nothing_changes(
        self, door: Client, patient: dict[str, Any], etag: str, form: str
    ) -> None:
        refused(update(door, patient, If_Match=form.format(etag)), 412)
        assert door.get(f"/patient/{patient['id']}").json() == patient

    def test_a_stale_tag_is_412(self, door: Client, patient: dict[str, Any], etag: str) -> None:
        newer = update(door, patient).json()
        refused(update(door, patient, If_Match=etag), 412)
        assert door.get(f"/patient/{patient['id']}").json() == newer

    def test_a_load_answers_the_version_that_it_names_and_no_other(
        self, door: Client, patient: dict[str, Any], etag: str
    ) -> None:
        test = door.create_test(patient["id"])["id"]
        for path in (f"/patient/{patient['id']}", f"/patient/{patient['id']}/tests/{test}"):
            tag = door.get(path).headers["ETag"]
            assert door.get(path, headers={"If-Match": tag}).status_code == 200
            assert door.get(path, headers={"If-Match": "*"}).status_code == 200
            refused(door.get(path, headers={"If-Match": '"other"'}), 412)
            refused(door.get(path, headers={"If-Match": '"other"', "If-None-Match": tag}), 412)
            refused(door.get(path, headers={"If-Match": "garbage"}), 400)

    def test_an_absent_patient_matches_nothing(self, door: Client) -> None:
        assert update(door, {"id": new_id()}, If_Match="*").status_code in {404, 412}

    def test_of_many_updates_from_one_version_one_wins(self, door: Client, patient: dict[str, Any], etag: str) -> None:
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda _: update(door.another(), patient, If_Match=etag), range(16)))
        assert sorted(answer.status_code for answer in answers) == [200] + [412] * 15
        (winner,) = (answer for answer in answers if answer.status_code == 200)
        assert door.get(f"/patient/{patient['id']}").json() == winner.json()


def test_last_updated_strictly_increases_over_quick_updates(door: Client, patient: dict[str, Any]) -> None:
    moments = [patient["lastUpdated"]] + [update(door, patient).json()["lastUpdated"] for _ in range(50)]
    assert all(earlier < later for earlier, later in pairwise(moments))


def test_last_updated_strictly_increases_over_parallel_updates(door: Client, patient: dict[str, Any]) -> None:
    def updates(_: int) -> list[tuple[str, str]]:
        client = door.another()
        answers = [update(client, patient) for _ in range(20)]
        assert all(answer.status_code == 200 for answer in answers)
        return [(answer.json()["lastUpdated"], answer.headers["ETag"]) for answer in answers]

    with ThreadPoolExecutor(8) as pool:
        per_client = list(pool.map(updates, range(8)))
    for mine in per_client:
        assert mine == sorted(mine)
    everything = [entry for mine in per_client for entry in mine]
    assert len({moment for moment, _ in everything}) == len({tag for _, tag in everything}) == 160
    assert door.get(f"/patient/{patient['id']}").json()["lastUpdated"] == max(moment for moment, _ in everything)


def test_parallel_updates_of_different_fields_all_survive_the_merge(door: Client, patient: dict[str, Any]) -> None:
    fields = ["lastName", "fullName", "insuranceNumber", "preferredContactNumber"]

    def set_field(field: str) -> int:
        body = a_patient(id=patient["id"], **{field: field})
        return door.another().put(f"/patient/{patient['id']}", body).status_code

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(set_field, fields)) == [200] * 4
    merged = door.get(f"/patient/{patient['id']}").json()
    assert {field: merged.get(field) for field in fields} == {field: field for field in fields}
