// Keys and what is made of them: the shared vector, seals that hold, signatures anybody can verify, ids in order.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { from_base64url, text_of, to_base64url, utf8 } from "../../src/core/bytes.ts";
import * as keys from "../../src/core/keys.ts";
import { uuid_v7 } from "../../src/core/uuid.ts";
import type { WrappedKey } from "../../src/core/wire.ts";

type Vector = { pin: string; device_id: string; data_key: string; wrap: WrappedKey };
const file = new URL("../../../tests/vectors/identity/data_key.json", import.meta.url);
const vector = JSON.parse(readFileSync(file, "utf8")) as Vector;

test("D4 the server's wrap opens under the PIN, and under no other PIN, device or person", async () => {
  const { pin, device_id, data_key, wrap } = vector;
  const right = await keys.key_of_pin(pin, wrap.stretch);
  assert.equal(to_base64url(await keys.unwrap_data_key(wrap, device_id, right)), data_key);
  const wrong = await keys.key_of_pin("246814", wrap.stretch);
  await assert.rejects(keys.unwrap_data_key(wrap, device_id, wrong), keys.SealBroken);
  await assert.rejects(keys.unwrap_data_key(wrap, wrap.staff_id, right), keys.SealBroken);
  await assert.rejects(keys.unwrap_data_key({ ...wrap, staff_id: device_id }, device_id, right), keys.SealBroken);
});

test("a seal opens at its own place only, whole only, and never looks the same twice", async () => {
  const { seal } = await keys.data_key_of(from_base64url(vector.data_key));
  const sealed = await keys.seal_json(seal, { name: "Nguyễn Thị Hoa" }, "here");
  assert.deepEqual(await keys.unseal_json(seal, sealed, "here"), { name: "Nguyễn Thị Hoa" });
  await assert.rejects(keys.unseal_json(seal, sealed, "there"), keys.SealBroken);
  for (let at = 0; at < sealed.length; at += 1) {
    const changed = sealed.slice();
    changed[at] = (changed[at] ?? 0) ^ 1;
    await assert.rejects(keys.unseal_json(seal, changed, "here"), keys.SealBroken, `byte ${at}`);
  }
  await assert.rejects(keys.unseal_json(seal, sealed.slice(0, -1), "here"), keys.SealBroken);
  assert.notDeepEqual(await keys.seal_json(seal, { name: "Nguyễn Thị Hoa" }, "here"), sealed);
});

test("hidden names are the same for the same key and say nothing under another", async () => {
  const one = await keys.data_key_of(from_base64url(vector.data_key));
  const other = await keys.data_key_of(crypto.getRandomValues(new Uint8Array(32)));
  const name = await keys.hidden_name(one, "wristband", "6".repeat(33));
  assert.equal(await keys.hidden_name(one, "wristband", "6".repeat(33)), name);
  assert.notEqual(await keys.hidden_name(other, "wristband", "6".repeat(33)), name);
  assert.notEqual(await keys.hidden_name(one, "wristband6", "6".repeat(32)), name);
});

test("C1 the JWS has exactly alg and kid, and its own public key verifies it", async () => {
  const pair = await keys.new_signing_pair();
  const key = await keys.signing_key_of(await keys.pkcs8_of(pair));
  assert.equal(key.extractable, false);
  await assert.rejects(crypto.subtle.exportKey("pkcs8", key));
  const jws = await keys.sign_jws('{"note":"Ễ"}', { session_id: "s1", key });
  const [header = "", payload = "", signature = ""] = jws.split(".");
  assert.equal(text_of(from_base64url(header)), '{"alg":"ES256","kid":"s1"}');
  assert.deepEqual(keys.payload_of(jws), { note: "Ễ" });
  const how = { name: "ECDSA", hash: "SHA-256" };
  const verified = (text: string) =>
    crypto.subtle.verify(how, pair.publicKey, from_base64url(signature), utf8(`${header}.${text}`));
  assert.equal(await verified(payload), true);
  assert.equal(await verified(to_base64url(utf8('{"note":"E"}'))), false);
});

test("C2 ids are version 7, in the order of their time, unlike each other", () => {
  const random = (bytes: Uint8Array<ArrayBuffer>) => crypto.getRandomValues(bytes);
  const at = Date.parse("2026-11-24T02:00:00Z");
  const ids = Array.from({ length: 100 }, (_, n) => uuid_v7(at + n, random));
  for (const id of ids) assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.deepEqual(ids.toSorted(), ids);
  assert.equal(Number.parseInt((ids[0] ?? "").replaceAll("-", "").slice(0, 12), 16), at);
  assert.equal(new Set(Array.from({ length: 1000 }, () => uuid_v7(at, random))).size, 1000);
});

test("base64url without padding, both ways, nothing else taken", () => {
  for (let length = 0; length < 70; length += 1) {
    const bytes = crypto.getRandomValues(new Uint8Array(length));
    const text = to_base64url(bytes);
    assert.match(text, /^[\w-]*$/);
    assert.deepEqual(from_base64url(text), bytes);
  }
  for (const text of ["a+b", "a/b", "YQ==", "a b"]) assert.throws(() => from_base64url(text));
});
