"""How long the provider's requests may take."""

from pilaster_local.providers.aws import clients

from tests.support.line import Line

LONGEST_FUNCTION_SECONDS = 900


def test_a_large_package_has_as_long_to_be_sent_as_its_answer_to_come(monkeypatch):
    line = Line(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}").install(monkeypatch)
    lambdas = clients.client("lambda", "eu-west-2", "http://127.0.0.1:1")

    answer = clients.called(
        lambdas,
        "lambda",
        "CreateFunction",
        {
            "FunctionName": "read",
            "Role": "arn:aws:iam::000000000000:role/read",
            "Code": {"ZipFile": b"a package"},
        },
        None,
    )

    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 200
    assert min(line.sending_seconds) > LONGEST_FUNCTION_SECONDS, (
        "urllib3 sends a new connection's first request under the connect timeout: with 5 s a "
        "package of 40 MB was cut off on a busy machine"
    )
