// Who holds the tablet: PINs that unwrap, keys that go, waits that survive a reload, and a disk that tells nothing.
import assert from "node:assert/strict";
import { test } from "node:test";
import { to_base64url, utf8 } from "../../src/core/bytes.ts";
import { type Disk, ROOMS } from "../../src/core/disk.ts";
import { problem } from "./world/answers.ts";
import { Hospital } from "./world/hospital.ts";
import { browser, mortal, password_of, STAY_A, sign_in, vitals, type World, ward_tablet } from "./world/tablets.ts";

const LAN = "246813";
const HOA = "975310";

async function ward(): Promise<World & { lan: string; hoa: string }> {
  const hospital = new Hospital();
  const lan = hospital.add_staff("Lan", LAN).key;
  const hoa = hospital.add_staff("Hòa", HOA).key;
  const world = await ward_tablet(hospital, "lan");
  return { ...world, lan, hoa };
}

test("D4 lock and unlock: names stay readable, the key goes, the right PIN brings it back", async () => {
  const { core, lan } = await ward();
  assert.equal(core.phase, "open");
  assert.equal(core.people.person?.given_name, "Lan");
  core.lock();
  assert.equal(core.phase, "locked");
  assert.equal(core.people.author, null);
  assert.equal(core.people.token, null);
  assert.equal(core.last_person, lan);
  assert.equal(core.people.staff.length, 2);
  await assert.rejects(core.report("open_chart", { stay_id: STAY_A }, []), /locked/);
  assert.deepEqual(await core.unlock(lan, LAN), { ok: true });
  assert.equal(core.phase, "open");
  assert.equal(core.people.person?.given_name, "Lan");
});

test("ten minutes after the lock the PIN alone is not asked any more", async () => {
  const world = await ward();
  world.core.lock();
  world.hospital.now_ms += 599_000;
  assert.equal(world.core.last_person, world.lan);
  world.hospital.now_ms += 2_000;
  assert.equal(world.core.last_person, null);
});

test("wrong PINs: 0, 0, 1, 5, 30 s, then this person is locked here, over a reload too; others go on", async () => {
  const world = await ward();
  await sign_in(world, "hòa");
  world.core.lock();
  const waits = [0, 1, 5, 30, 0];
  for (const [at, wait] of waits.entries()) {
    const said = await world.core.unlock(world.lan, "111222");
    const code = at === 4 ? "pin_locked" : "pin_wrong";
    assert.deepEqual(said, { ok: false, code, tries_left: 4 - at, retry_after_s: wait });
    if (wait === 0) continue;
    const early = await world.core.unlock(world.lan, LAN);
    assert.deepEqual(early, { ok: false, code: "pin_wait", retry_after_s: wait });
    world.hospital.now_ms += wait * 1000;
  }
  assert.deepEqual(await world.core.unlock(world.lan, LAN), { ok: false, code: "pin_locked" });
  const again = await world.reload();
  assert.deepEqual(await again.core.unlock(world.lan, LAN), { ok: false, code: "pin_locked" });
  assert.deepEqual(await again.core.unlock(world.hoa, HOA), { ok: true });
  await again.settle();
  assert.deepEqual(world.hospital.told_pins.at(-1), { staff_id: world.lan, count: 5 });
  again.core.lock();
  await sign_in(again, "lan");
  again.core.lock();
  assert.deepEqual(await again.core.unlock(world.lan, LAN), { ok: true });
});

test("a try is counted before it is made: pulling the plug gives nobody a free one", async () => {
  const hospital = new Hospital();
  const lan = hospital.add_staff("Lan", LAN).key;
  const disks: ReturnType<typeof mortal>[] = [];
  const disk = (real: Disk) => {
    disks.push(mortal(real));
    return disks.at(-1) ?? real;
  };
  const world = await ward_tablet(hospital, "lan", { disk });
  world.core.lock();
  disks[0]?.die_at(1, "after");
  await assert.rejects(world.core.unlock(lan, "111222"), /power/);
  const again = await world.reload();
  const said = await again.core.unlock(lan, "111222");
  assert.equal(!said.ok && said.tries_left, 3);
});

test("a clock turned back does not make a wait longer", async () => {
  const world = await ward();
  world.core.lock();
  for (let wrong = 0; wrong < 2; wrong += 1) await world.core.unlock(world.lan, "111222");
  world.hospital.now_ms -= 86_400_000;
  assert.deepEqual(await world.core.unlock(world.lan, LAN), { ok: false, code: "pin_wait", retry_after_s: 1 });
});

test("who never signed in here needs her password once", async () => {
  const world = await ward();
  world.core.lock();
  assert.deepEqual(await world.core.unlock(world.hoa, HOA), { ok: false, code: "password_needed" });
  assert.deepEqual(world.core.people.can_unlock, [world.lan]);
});

test("the first PIN wraps the key that waited for it", async () => {
  const hospital = new Hospital();
  const lan = hospital.add_staff("Lan", null);
  const world = await ward_tablet(hospital, "lan");
  assert.deepEqual(world.core.people.must, { change_password: false, set_pin: true });
  const present_password = password_of(world, "lan");
  assert.deepEqual(await world.core.set_secret({ present_password, pin: LAN }), { ok: true });
  assert.equal(world.core.people.must.set_pin, false);
  const again = await world.reload();
  assert.deepEqual(await again.core.unlock(lan.key, LAN), { ok: true });
  await vitals(again);
  await again.settle();
  assert.equal(hospital.taken.length, 1);
  assert.deepEqual(await again.core.set_secret({ present_password, pin: HOA }), { ok: true });
  again.core.lock();
  const old = await again.core.unlock(lan.key, LAN);
  assert.equal(!old.ok && old.code, "pin_wrong");
  assert.deepEqual(await again.core.unlock(lan.key, HOA), { ok: true });
});

test("a PIN changed elsewhere opens nothing here any more", async () => {
  const world = await ward();
  const person = world.hospital.people[0];
  if (person !== undefined) Object.assign(person, { pin: HOA, salt: crypto.getRandomValues(new Uint8Array(16)) });
  world.core.lock();
  await world.core.contact();
  assert.deepEqual(await world.core.unlock(world.lan, LAN), { ok: false, code: "password_needed" });
});

test("a leaver cannot unlock; 7 days without contact close the wraps", async () => {
  const world = await ward();
  world.core.lock();
  world.cable.cut = true;
  const again = await world.reload();
  again.hospital.now_ms += 7 * 86_400_000 + 1000;
  assert.deepEqual(await again.core.unlock(world.lan, LAN), { ok: false, code: "password_needed" });
  const person = world.hospital.people[0];
  if (person === undefined) throw new Error("nobody");
  person.disabled_at = again.hospital.now();
  again.hospital.line("facility", [again.hospital.row_of(person)]);
  again.cable.cut = false;
  await again.core.contact();
  assert.deepEqual(await again.core.unlock(world.lan, LAN), { ok: false, code: "staff_disabled" });
});

test("a session ends only by contact: offline it goes on, online the server's word counts", async () => {
  const world = await ward();
  world.cable.cut = true;
  world.hospital.now_ms += 13 * 3_600_000;
  world.core.lock();
  assert.deepEqual(await world.core.unlock(world.lan, LAN), { ok: true });
  for (const session of world.hospital.sessions) session.open = false;
  world.cable.cut = false;
  await world.core.contact();
  assert.equal(world.core.people.person, null);
  assert.deepEqual(world.core.people.can_unlock, []);
});

test("wrong passwords and silences are told apart", async () => {
  const world = await ward();
  world.core.lock();
  assert.deepEqual(await world.core.sign_in({ login: "lan", password: "no" }), { ok: false, code: "wrong_password" });
  world.hospital.faults = [async () => problem(429, "wait", { "retry-after": "30" })];
  const wait = { ok: false, code: "wait", retry_after_s: 30 };
  assert.deepEqual(await world.core.sign_in({ login: "lan", password: "no" }), wait);
  world.hospital.faults = [async () => new Response("<html>", { headers: { "content-type": "text/html" } })];
  assert.deepEqual(await world.core.sign_in({ login: "lan", password: "no" }), { ok: false, code: "foreign" });
  world.cable.cut = true;
  assert.deepEqual(await world.core.sign_in({ login: "lan", password: "no" }), { ok: false, code: "offline" });
});

test("a revoked tablet is nobody, its copy is gone, its unsent acts are not", async () => {
  const world = await ward();
  world.hospital.faults = [async () => problem(503, "busy", { "retry-after": "600" })];
  await vitals(world);
  await world.settle();
  world.hospital.devices.length = 0;
  for (const socket of [...world.hospital.sockets]) socket.drop();
  await world.pass(40);
  assert.equal(world.core.phase, "unenrolled");
  assert.deepEqual(await world.disk.all("rows"), []);
  assert.equal((await world.disk.all("outbox")).length, 1);
  const again = await world.reload();
  assert.equal(again.core.outbox.unsent, 1);
});

test("idle 120 s locks, an open keypad does not, a night asleep does", async () => {
  const world = await ward();
  await world.pass(100);
  world.core.idle.touch();
  await world.pass(100);
  assert.equal(world.core.phase, "open");
  await world.pass(21);
  assert.equal(world.core.phase, "locked");
  await world.core.unlock(world.lan, LAN);
  const release = world.core.idle.use("keypad");
  await world.pass(130);
  assert.equal(world.core.phase, "open");
  release();
  await world.pass(121);
  assert.equal(world.core.phase, "locked");
  await world.core.unlock(world.lan, LAN);
  world.core.idle.use("keypad");
  world.hospital.now_ms += 8 * 3_600_000;
  await world.pass(1);
  assert.equal(world.core.phase, "locked");
});

test("drafts are hers alone, sealed, and die after two hours", async () => {
  const world = await ward();
  await world.core.drafts.keep(world.lan, `vitals ${STAY_A}`, { note: "Nguyễn Thị Hoa sốt" });
  assert.deepEqual(await world.core.drafts.read(world.lan, `vitals ${STAY_A}`), { note: "Nguyễn Thị Hoa sốt" });
  assert.equal(await world.core.drafts.read(world.hoa, `vitals ${STAY_A}`), undefined);
  world.core.lock();
  const again = await world.reload();
  await again.core.unlock(world.lan, LAN);
  assert.deepEqual(await again.core.drafts.read(world.lan, `vitals ${STAY_A}`), { note: "Nguyễn Thị Hoa sốt" });
  again.hospital.now_ms += 2 * 3_600_000;
  assert.equal(await again.core.drafts.read(world.lan, `vitals ${STAY_A}`), undefined);
  await again.core.drafts.prune();
  const [, left] = (await again.disk.all<{ sealed: unknown }>("drafts"))[0] ?? [];
  assert.equal(left?.sealed, null, "what was typed is gone");
  assert.deepEqual(await again.core.drafts.dead(world.hoa), [], "she alone is told");
  assert.deepEqual(
    (await again.core.drafts.dead(world.lan)).map((dead) => dead.key),
    [`vitals ${STAY_A}`],
  );
  await again.core.drafts.drop(world.lan, `vitals ${STAY_A}`);
  assert.deepEqual(await again.disk.all("drafts"), []);
});

test("a badge is known by its hash, also while locked", async () => {
  const world = await ward();
  const person = world.hospital.people[1];
  if (person !== undefined) await world.hospital.give_badge(person, "63".repeat(16));
  await world.pass(1);
  world.core.lock();
  assert.equal((await world.core.people.by_badge("63".repeat(16)))?.key, world.hoa);
  assert.equal(await world.core.people.by_badge("64".repeat(16)), undefined);
});

/** Every byte a browser's profile would hold. */
async function profile(world: World): Promise<string> {
  const found: string[] = [];
  const read = (value: unknown): void => {
    if (value instanceof Uint8Array) found.push(String.fromCharCode(...value), to_base64url(value));
    else if (typeof value !== "object" || value === null) found.push(String(value));
    else for (const [key, member] of Object.entries(value)) [key, member].forEach(read);
  };
  for (const room of ROOMS) for (const [key, value] of await world.disk.all(room)) [key, value].forEach(read);
  return found.join("\n");
}

test("D6 the disk holds no key, no token and no word about a patient in clear", async () => {
  const world = await ward();
  const secret = "Nguyễn Thị Hoa";
  const row = { type: "patient", key: STAY_A, stay_id: null, command_id: null, keep_until: null, family_name: secret };
  const band = {
    type: "wristband",
    key: "61234567890123456789012345678901",
    stay_id: STAY_A,
    command_id: null,
    keep_until: null,
  };
  world.hospital.line("noi", [row as never, band as never]);
  world.hospital.faults = [async () => problem(503, "busy", { "retry-after": "600" })];
  await vitals(world);
  await world.core.drafts.keep(world.lan, `vitals ${STAY_A}`, { note: secret });
  await world.pass(1);
  assert.equal((world.core.view.row("patient", STAY_A) as { family_name?: string })?.family_name, secret);
  const bytes = await profile(world);
  const device = world.hospital.devices[0];
  const raw = (found: Uint8Array) => String.fromCharCode(...found);
  for (const hidden of [secret, raw(utf8(secret)), STAY_A, band.key, "record_vitals", "token-", "wristband", "pkcs8"]) {
    assert.ok(!bytes.includes(hidden), hidden);
  }
  assert.ok(!bytes.includes(raw(device?.data_key ?? new Uint8Array())), "data key");
  assert.ok(!bytes.includes(to_base64url(device?.data_key ?? new Uint8Array())), "data key");
  assert.ok(bytes.includes("Lan"), "the control: names of staff are in clear");
});

test("a visitor leaves its counter and nothing else, follows and signs all the same", async () => {
  const hospital = new Hospital();
  hospital.add_staff("Bảo", null, "physician");
  const world = await browser(hospital);
  assert.equal(world.core.phase, "unenrolled");
  await sign_in(world, "bảo");
  assert.equal(world.core.phase, "open");
  assert.equal(world.core.people.person?.role, "physician");
  const id = await vitals(world);
  await world.pass(2);
  assert.equal(world.core.tick(id), "solid");
  assert.equal((world.core.view.row("observation_set", id) as { author_name?: string })?.author_name, "server");
  for (const room of ["rows", "outbox", "drafts"] as const) assert.deepEqual(await world.disk.all(room), []);
  const kept = (await world.disk.all("clear")).map(([key]) => key.split(":")[0]);
  assert.deepEqual(kept.sort(), ["clock", "counter", "device", "facility"]);
  const again = await world.reload();
  assert.equal(again.core.phase, "signed_out");
  await sign_in(again, "bảo");
  await vitals(again);
  await again.pass(1);
  assert.deepEqual(
    hospital.taken.map((command) => command.counter),
    [1, 2],
  );
});

test("a visitor who is idle for 15 minutes is signed out and shows nothing", async () => {
  const hospital = new Hospital();
  hospital.add_staff("Bảo", null, "physician");
  const world = await browser(hospital);
  await sign_in(world, "bảo");
  await vitals(world);
  await world.pass(2);
  assert.equal(world.core.view.rows("observation_set").length, 1);
  hospital.now_ms += 901_000;
  await world.pass(2);
  assert.equal(world.core.phase, "signed_out");
  assert.equal(world.core.view.rows("observation_set").length, 0);
  assert.equal(hospital.sessions[0]?.open, false);
});

test("storage thrown away: the counter goes on after what the server holds", async () => {
  const world = await ward();
  await vitals(world);
  await world.settle();
  const kept = await world.disk.all<number>("clear", "counter:");
  await world.disk.write(kept.map(([key]) => ({ room: "clear", key, remove: true })));
  await world.core.contact();
  await vitals(world);
  await world.settle();
  assert.deepEqual(
    world.hospital.taken.map((command) => command.counter),
    [1, 2],
  );
});
