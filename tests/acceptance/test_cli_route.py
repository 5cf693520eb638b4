"""`mnemograph route`, and a language model at the command line."""

from tests.acceptance.command_line import CommandLine
from tests.llm_endpoint import Answer, account, always, fact, running_endpoint, said


def test_route_says_which_and_why_and_answers(cli: CommandLine) -> None:
    assert cli("add", "Maya Lindqvist moved to Oslo in May 2024.").code == 0
    counted = cli("route", "How many memories mention Oslo?", "--json")
    assert counted.code == 0
    assert (counted.document["kind"], counted.document["count"]) == ("COUNT", 1)
    assert counted.document["entity"]["name"] == "Oslo"
    named = cli("route", "Who is Maya Lindqvist?")
    assert named.code == 0
    assert named.out.startswith("entity, sure to 0.89: Maya Lindqvist is known, and all that it names\n")
    assert "Maya Lindqvist moved to Oslo in May 2024." in named.out
    assert cli("route", "Who am I?", "--user", "nobody").code == 3


def test_a_model_is_tried_by_the_doctor_and_told_of_by_the_job(cli: CommandLine) -> None:
    sharp = account(facts=[fact("The ledger runs on Quirrel.", "Quirrel")])
    with running_endpoint(always(said(sharp))) as (url, asked):
        model = {"MNEMOGRAPH_LLM_URL": url, "MNEMOGRAPH_LLM_MODEL": "test-model", "MNEMOGRAPH_LLM_KEY": "sesame"}
        added = cli("add", "We picked Quirrel as our queue after the outage.", "--json", **model)
        assert (added.code, added.document["job"]["result"]["model"]["read"]) == (0, 1)
        (finding,) = [one for one in cli("doctor", "--json", **model).document["findings"] if one["name"] == "model"]
        assert finding["level"] == "ok"
        assert finding["detail"].startswith("test-model answers, ")
        asked.usual = always(Answer(401))
        examined = cli("doctor", "--json", **model)
        assert "sesame" not in examined.out
        (finding,) = [one for one in examined.document["findings"] if one["name"] == "model"]
    refused = "test-model: the model's server answered 401; check its address, key and model"
    assert (examined.code, finding["level"], finding["detail"]) == (1, "fail", refused)


def test_a_model_without_a_name_is_refused(cli: CommandLine) -> None:
    refused = cli("add", "x", MNEMOGRAPH_LLM_URL="http://127.0.0.1:9/v1")
    assert refused.code == 3
    assert "MNEMOGRAPH_LLM_MODEL: is needed with MNEMOGRAPH_LLM_URL" in refused.err
