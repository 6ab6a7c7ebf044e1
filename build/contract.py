#!/usr/bin/env python3
"""Writes src/Carillon.Server/Contracts/*.json anew from the service models that botocore ships.

Run it after an update of botocore (pip install botocore) and read the difference: it is AWS's change of contract.
"""

import gzip
import json
import pathlib

import botocore

SERVICES = {"chime-sdk-identity": "2021-04-20", "chime-sdk-messaging": "2021-05-15", "kinesis": "2013-12-02"}
TARGET = pathlib.Path(__file__).parent.parent / "src/Carillon.Server/Contracts"
PLACES = {"uri": "path", "querystring": "query", "header": "header"}


def shape(model):
    """A shape: its type, bounds and parts, under the names that the file explains."""
    kind = model["type"]
    out = {"type": kind}
    for key in ("min", "max", "pattern", "enum", "sensitive"):
        if key in model:
            out[key] = model[key]
    if kind == "list":
        out["of"] = model["member"]["shape"]
    elif kind == "map":
        out["key"], out["value"] = model["key"]["shape"], model["value"]["shape"]
    elif kind == "structure":
        out["members"] = members(model)
    return out


def members(model):
    out = {}
    for name, member in model["members"].items():
        part = {"shape": member["shape"]}
        if "location" in member:
            part = {"in": PLACES[member["location"]], "as": member["locationName"], **part}
        if name in model.get("required", []):
            part["required"] = True
        if member.get("idempotencyToken"):
            part["token"] = True
        out[name] = part
    return out


def reached(shapes, name, found):
    """Every shape that a request can hold."""
    model = shapes[name]
    for ref in [*model.get("members", {}).values(), *(model[k] for k in ("member", "key", "value") if k in model)]:
        if ref["shape"] not in found:
            found.add(ref["shape"])
            reached(shapes, ref["shape"], found)


def line(value):
    return json.dumps(value, ensure_ascii=True)


def block(rows, indent):
    pad = " " * indent
    return "{\n" + ",\n".join(f"{pad}  {line(k)}: {v}" for k, v in rows) + f"\n{pad}}}" if rows else "{}"


def distil(service, version):
    path = pathlib.Path(botocore.__file__).parent / "data" / service / version / "service-2.json.gz"
    model = json.loads(gzip.decompress(path.read_bytes()))
    shapes, found, operations = model["shapes"], set(), []
    for name, op in sorted(model["operations"].items()):
        http = op["http"]
        request = shapes[op["input"]["shape"]]
        reached(shapes, op["input"]["shape"], found)
        operations.append((name, block([
            ("route", line(f"{http['method']} {http['requestUri']}")),
            ("status", line(http.get("responseCode", 200))),
            ("errors", line(sorted(e["shape"] for e in op["errors"]))),
            ("members", block([(k, line(v)) for k, v in members(request).items()], 6)),
        ], 4)))
    text = block([
        ("source", line(f"botocore {botocore.__version__}, service model {service} {version} (Apache-2.0)")),
        ("service", line(model["metadata"]["serviceId"])),
        ("apiVersion", line(version)),
        ("shapes", block([(k, line(shape(shapes[k]))) for k in sorted(found)], 2)),
        ("operations", block(operations, 2)),
    ], 0)
    (TARGET / f"{service}.json").write_text(text + "\n")


for service, version in SERVICES.items():
    distil(service, version)
