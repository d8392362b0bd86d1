#!/usr/bin/env python3
"""Checks a receipt without WISE: verify.py RECEIPT LOG_KEY (needs only the package "cryptography").

LOG_KEY is the log's Ed25519 key as a C2SP vkey: name+id+base64. Formats: c2sp.org/tlog-proof, c2sp.org/tlog-checkpoint."""
import base64, hashlib, json, sys
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

sha = lambda *parts: hashlib.sha256(b"".join(parts)).digest()
canonical = lambda it: json.dumps(it, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
receipt, (name, key_id, key) = open(sys.argv[1], encoding="utf-8", newline="").read(), sys.argv[2].split("+", 2)
proof, checkpoint, signatures = receipt.split("\n\n", 2)
first, extra, index, *hashes = proof.split("\n")
assert first == "c2sp.org/tlog-proof@v1", "this is no receipt"
extra = json.loads(base64.b64decode(extra.removeprefix("extra "), validate=True))
entry, opening, index = extra["entry"], extra.get("opening"), int(index.removeprefix("index "))
if opening:  # 1. The record gives the commitment. (Texts, whole numbers and true or false; RFC 8785 says how to write others.)
    salt = bytes.fromhex(opening["salt"])
    commitment = sha(b"wise.commitment.v1\n", salt, canonical(opening["record"])).hex()
    assert commitment == entry["commitment"], "the record or its salt was altered"
node, (origin, size, root) = sha(b"\0", canonical(entry)), checkpoint.split("\n")[:3]  # 2. The entry gives the leaf.
at, last = index, int(size) - 1
assert at <= last, "the index lies beyond the log"
for sibling in (base64.b64decode(it, validate=True) for it in hashes):  # 3. The leaf leads to the root (RFC 9162, 2.1.3.2).
    assert last > 0, "the proof has too many hashes"
    if at % 2 or at == last:
        node = sha(b"\1", sibling, node)
        while at % 2 == 0 and at:
            at, last = at >> 1, last >> 1
    else:
        node = sha(b"\1", node, sibling)
    at, last = at >> 1, last >> 1
assert last == 0 and node == base64.b64decode(root, validate=True), "the entry, the index or a hash of the proof was altered"
lines = [it.split(" ") for it in signatures.splitlines()]  # 4. The log signed the root.
signed = [base64.b64decode(it[2])[4:] for it in lines if it[:2] == ["—", name] and base64.b64decode(it[2])[:4].hex() == key_id]
assert origin == name and signed, "the log did not sign this checkpoint"
Ed25519PublicKey.from_public_bytes(base64.b64decode(key)[1:]).verify(signed[0], (checkpoint + "\n").encode())
print(f"Entry {index} of {size} in {origin} holds.", json.dumps(opening and opening["record"], ensure_ascii=False))
