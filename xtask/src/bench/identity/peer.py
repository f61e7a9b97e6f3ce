"""Links one labelled set with Splink, as somebody who knows Splink and the set would.

  peer.py MODEL INPUT.csv OUT_FOLDER THREADS

Writes OUT_FOLDER/THRESHOLD.csv (record_id,cluster_id) for several thresholds, from which the caller may choose with the truth;
prints CPU seconds, wall seconds and peak memory in KiB up to the first of them as JSON. Raw CSV in, training included.
"""
import json
import os
import resource
import sys
import time

BEGUN = time.perf_counter()

import duckdb
import splink.comparison_level_library as cll
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

THRESHOLDS = [0.95, 0.2, 0.5, 0.8, 0.9, 0.99, 0.999]
RANDOM_PAIRS = 1e6


def frequent(comparison):
    return comparison.configure(term_frequency_adjustments=True)


def levels(name, *conditions):
    """A comparison of hand-written levels; the first condition is the one for "unknown"."""
    null, *rest = conditions
    known = [cll.CustomLevel(sql, label_for_charts=sql[:40]) for sql in rest]
    return cl.CustomComparison(
        output_column_name=name,
        comparison_levels=[cll.CustomLevel(null).configure(is_null_level=True), *known, cll.ElseLevel()],
    )


def same(*columns):
    return " and ".join(f"{c}_l = {c}_r" for c in columns)


FEBRL = dict(
    clean="""select record_id, nullif(trim(given_name), '') given_name, nullif(trim(surname), '') surname,
        nullif(trim(street_number), '') street_number, nullif(trim(address_1), '') address_1,
        nullif(trim(suburb), '') suburb, nullif(trim(postcode), '') postcode, nullif(trim(state), '') state,
        nullif(trim(date_of_birth), '') dob, nullif(trim(soc_sec_id), '') ssn from raw""",
    comparisons=lambda: [
        frequent(cl.JaroWinklerAtThresholds("given_name", [0.9, 0.75])),
        frequent(cl.JaroWinklerAtThresholds("surname", [0.9, 0.75])),
        cl.DamerauLevenshteinAtThresholds("dob", [1, 2]),
        cl.DamerauLevenshteinAtThresholds("ssn", [1, 2]),
        cl.JaroWinklerAtThresholds("address_1", [0.9, 0.75]),
        cl.DamerauLevenshteinAtThresholds("street_number", [1]),
        cl.JaroWinklerAtThresholds("suburb", [0.9, 0.75]),
        cl.DamerauLevenshteinAtThresholds("postcode", [1, 2]),
    ],
    blocks=[
        ["ssn"], ["dob", "surname"], ["dob", "given_name"], ["given_name", "surname"], ["postcode", "surname"],
        ["postcode", "given_name"], ["address_1", "street_number"], ["suburb", "surname"], ["suburb", "given_name"],
        ["dob", "postcode"], ["dob", "suburb"], ["address_1", "given_name"], ["address_1", "surname"], ["dob", "street_number"],
    ],
    prior=(["l.ssn = r.ssn", "l.given_name = r.given_name and l.surname = r.surname and l.dob = r.dob"], 0.9),
    passes=[["dob"], ["ssn"], ["postcode", "street_number"]],
)

FAKE = dict(
    clean="""select record_id, nullif(lower(trim(first_name)), '') first_name, nullif(lower(trim(surname)), '') surname,
        nullif(trim(dob), '') dob, nullif(lower(trim(city)), '') city, nullif(lower(trim(email)), '') email from raw""",
    comparisons=lambda: [
        cl.ForenameSurnameComparison("first_name", "surname", jaro_winkler_thresholds=[0.92, 0.8]),
        cl.DateOfBirthComparison("dob", input_is_string=True),
        frequent(cl.JaroWinklerAtThresholds("city", [0.88, 0.7])),
        cl.EmailComparison("email"),
    ],
    blocks=[],
    # So few records that every pair can be looked at.
    conditions=["1 = 1"],
    prior=(["l.first_name = r.first_name and l.dob = r.dob", "l.email = r.email"], 0.6),
    passes=[["first_name", "surname"], ["dob"], ["email"]],
)

HISTORICAL = dict(
    clean="""select record_id, nullif(trim(first_name), '') first_name, nullif(trim(surname), '') surname,
        nullif(trim(dob), '') dob, nullif(trim(birth_place), '') birth_place, nullif(trim(postcode_fake), '') postcode,
        nullif(trim(occupation), '') occupation from raw""",
    comparisons=lambda: [
        frequent(cl.JaroWinklerAtThresholds("first_name", [0.92, 0.8])),
        frequent(cl.JaroWinklerAtThresholds("surname", [0.92, 0.8])),
        cl.DateOfBirthComparison("dob", input_is_string=True),
        frequent(cl.JaroWinklerAtThresholds("birth_place", [0.9])),
        cl.DamerauLevenshteinAtThresholds("postcode", [1, 2]),
        frequent(cl.ExactMatch("occupation")),
    ],
    blocks=[
        ["first_name", "surname"], ["surname", "dob"], ["first_name", "dob"], ["dob", "postcode"], ["postcode", "surname"],
        ["postcode", "first_name"], ["dob", "birth_place"], ["dob", "occupation"], ["birth_place", "surname"],
        ["substr(surname,1,4)", "substr(dob,1,4)", "substr(first_name,1,1)"],
    ],
    prior=(["l.first_name = r.first_name and l.surname = r.surname and l.dob = r.dob",
            "substr(l.first_name,1,2) = substr(r.first_name,1,2) and l.surname = r.surname "
            "and substr(l.postcode,1,2) = substr(r.postcode,1,2)"], 0.6),
    passes=[["first_name", "surname"], ["dob"], ["postcode"]],
)

# What a household shares is one comparison: taken as four independent ones, it swamps the given name.
HOUSEHOLD = levels(
    "household",
    "last_l is null or last_r is null",
    f"{same('last', 'phone')} and {same('street')}",
    f"{same('last')} and ({same('phone')} or {same('street')})",
    f"{same('last', 'zip')}",
    f"{same('last')} and ({same('city')} or {same('state')})",
    same("last"),
    f"jaro_winkler_similarity(last_l, last_r) >= 0.88 and ({same('phone')} or {same('street')})",
    "jaro_winkler_similarity(last_l, last_r) >= 0.88",
    f"{same('phone')} or {same('street')}",
)

SYNTHETIC = dict(
    clean=r"""select record_id,
        nullif(case when lower(first_name) in ('unknown', 'test', 'n/a', 'customer') then '' else lower(trim(first_name)) end, '')
            as first,
        nullif(lower(trim(last_name)), '') as last,
        nullif(case when lower(email) in ('noemail@noemail.example', 'none@none.example', 'test@test.example') then ''
            else regexp_replace(lower(email), '\+.*@', '@') end, '') as email,
        case when length(regexp_replace(phone, '\D', '', 'g')) >= 10
            and right(regexp_replace(phone, '\D', '', 'g'), 10) not in ('0000000000', '9999999999', '5555555555', '1234567890')
            then right(regexp_replace(phone, '\D', '', 'g'), 10) end as phone,
        nullif(regexp_replace(regexp_replace(lower(street), '( apt.*| #.*)$', ''),
            ' (street|st|avenue|ave|road|rd|drive|dr|lane|ln|court|ct|boulevard|blvd|way|place|pl|circle|cir)$', ''), '') as street,
        nullif(lower(trim(city)), '') as city, nullif(state, '') as state, nullif(zip, '') as zip,
        case when dob like '%/%' then right(dob, 4) || '-' || left(dob, 2) || '-' || substr(dob, 4, 2)
            when length(dob) = 8 then left(dob, 4) || '-' || substr(dob, 5, 2) || '-' || right(dob, 2)
            when dob = '' then null else dob end as dob from raw""",
    then=["update clean set dob = null where dob = '1900-01-01'"],
    comparisons=lambda: [
        frequent(cl.JaroWinklerAtThresholds("first", [0.92, 0.8])),
        HOUSEHOLD,
        cl.DateOfBirthComparison("dob", input_is_string=True),
        levels("email", "email_l is null or email_r is null", same("email"),
               "split_part(email_l, '@', 1) = split_part(email_r, '@', 1)",
               "jaro_winkler_similarity(email_l, email_r) >= 0.93"),
    ],
    blocks=[
        ["email"], ["phone", "first"], ["first", "last", "zip"], ["first", "last", "city"], ["street", "first"],
        ["last", "dob"], ["first", "dob"], ["phone", "last"], ["zip", "street", "last"], ["split_part(email,'@',1)"],
        ["zip", "last", "substr(first,1,1)"], ["zip", "first", "substr(last,1,2)"], ["street", "zip", "substr(first,1,2)"],
        ["phone", "substr(first,1,1)"], ["first", "last", "state"],
    ],
    prior=(["l.email = r.email and l.first = r.first", "l.phone = r.phone and l.first = r.first and l.last = r.last"], 0.6),
    passes=[["email"], ["first", "last"], ["phone", "first"]],
)

MODELS = dict(febrl=FEBRL, fake_1000=FAKE, historical_50k=HISTORICAL, synthetic=SYNTHETIC)


def trained(api, model):
    linker = Linker(
        api.register("clean"),
        SettingsCreator(
            link_type="dedupe_only",
            unique_id_column_name="record_id",
            comparisons=model["comparisons"](),
            blocking_rules_to_generate_predictions=[block_on(*columns) for columns in model["blocks"]]
            + model.get("conditions", []),
            retain_matching_columns=False,
        ),
        log_level=40,
    )
    training = linker.training
    rules, recall = model["prior"]
    training.estimate_probability_two_random_records_match(rules, recall=recall)
    training.estimate_u_using_random_sampling(max_pairs=RANDOM_PAIRS, seed=1)
    for columns in model["passes"]:
        training.estimate_parameters_using_expectation_maximisation(block_on(*columns), record_sample_proportion=1.0)
    return linker


def main():
    name, path, folder, threads = sys.argv[1:]
    model = MODELS[name]
    connection = duckdb.connect()
    statements = [
        f"set threads = {int(threads)}",
        "set enable_progress_bar = false",
        f"create view raw as select * from read_csv('{path}', all_varchar = true, nullstr = '\\N')",
        f"create table clean as {model['clean']}",
        *model.get("then", []),
    ]
    for statement in statements:
        connection.execute(statement).fetchall()
    linker = trained(DuckDBAPI(connection), model)
    pairs = linker.inference.predict(threshold_match_probability=min(THRESHOLDS))
    for threshold in THRESHOLDS:
        clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(pairs, threshold_match_probability=threshold)
        out = os.path.join(folder, f"{threshold}.csv")
        connection.execute(f"copy (select record_id, cluster_id from {clusters.physical_name}) to '{out}' (header)").fetchall()
        if threshold == THRESHOLDS[0]:
            print(json.dumps(dict(
                cpu_seconds=time.process_time(), wall_seconds=time.perf_counter() - BEGUN,
                peak_kib=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)), flush=True)


main()
