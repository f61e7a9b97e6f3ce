"""A tap on Meltano's SDK, for the tests: three people in one stream, with a bookmark."""

from singer_sdk import Stream, Tap
from singer_sdk import typing as th


class People(Stream):
    name = "people"
    primary_keys = ["id"]
    replication_key = "changed"
    schema = th.PropertiesList(
        th.Property("id", th.IntegerType),
        th.Property("mail", th.StringType),
        th.Property("changed", th.DateTimeType),
        th.Property("address", th.ObjectType(th.Property("city", th.StringType))),
    ).to_dict()

    def get_records(self, context):
        for number, city in enumerate(["Bern", "Genève", "Chur"], start=1):
            changed = f"2026-11-1{number}T00:00:00Z"
            yield {"id": number, "mail": f"p{number}@example.org", "changed": changed, "address": {"city": city}}


class PeopleTap(Tap):
    name = "tap-people"
    config_jsonschema = th.PropertiesList().to_dict()

    def discover_streams(self):
        return [People(self)]


PeopleTap.cli()
