// The feed: apply is one function, disk and memory move together, and freshness is never claimed without proof.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Row } from "../../src/core/wire.ts";
import { problem } from "./world/answers.ts";
import { Hospital } from "./world/hospital.ts";
import { mortal, STAY_A, STAY_B, type World, ward_tablet } from "./world/tablets.ts";

const PIN = "246813";

async function ward(): Promise<World> {
  const hospital = new Hospital();
  hospital.add_staff("Lan", PIN);
  return ward_tablet(hospital, "lan");
}

function stay(key: string, reason: string, more: Partial<Row> = {}): Row {
  return { type: "stay", key, stay_id: key, command_id: null, keep_until: null, reason, ...more } as unknown as Row;
}

const shown = (world: World) =>
  world.core.view
    .rows("stay")
    .map((row) => `${row.key} ${row.reason}`)
    .sort();
const held = (world: World) =>
  [...world.hospital.log("noi").rows.values()].map((row) => `${row.key} ${(row as { reason?: string }).reason}`).sort();
const socket = (world: World) => {
  const [first] = world.hospital.sockets;
  if (first === undefined) throw new Error("no socket");
  return first;
};

test("L5 lines after a snapshot come to a fresh snapshot", async () => {
  const world = await ward();
  world.hospital.line("noi", [stay(STAY_A, "sốt"), stay(STAY_B, "ho")]);
  world.hospital.line("noi", [stay(STAY_A, "sốt cao")]);
  world.hospital.line("noi", [], [{ type: "stay", key: STAY_B }]);
  await world.settle();
  assert.deepEqual(shown(world), held(world));
  assert.deepEqual(shown(world), [`${STAY_A} sốt cao`]);
  assert.equal(world.core.view.of_stay("stay", STAY_B).length, 0);
});

test("what was read once is there without a network, after a reload", async () => {
  const world = await ward();
  world.hospital.line("noi", [stay(STAY_A, "sốt")]);
  await world.settle();
  world.cable.cut = true;
  const again = await world.reload();
  assert.deepEqual(shown(again), []);
  await again.core.unlock(world.hospital.people[0]?.key ?? "", PIN);
  assert.deepEqual(shown(again), held(again));
  assert.equal(again.core.feed.freshness("noi").connected, false);
});

test("a crash before or after any write leaves rows and cursor of one moment", async () => {
  for (let write = 1; write <= 4; write += 1) {
    for (const when of ["before", "after"] as const) {
      const hospital = new Hospital();
      hospital.add_staff("Lan", PIN);
      let dying: ReturnType<typeof mortal> | undefined;
      const world = await ward_tablet(hospital, "lan", { disk: (real) => (dying = mortal(real)) });
      dying?.die_at(write, when);
      for (let line = 1; line <= 4; line += 1) {
        hospital.line("noi", [stay(STAY_A, `lần ${line}`), stay(STAY_B, `lần ${line}`)]);
        await world.settle();
      }
      world.cable.cut = true;
      const again = await world.reload();
      await again.core.unlock(hospital.people[0]?.key ?? "", PIN);
      const cursor =
        again.core.outbox === undefined ? -1 : (await again.disk.get<{ seq: number }>("clear", "cursor:noi"))?.seq;
      const expected = cursor === 0 ? [] : [`${STAY_A} lần ${cursor}`, `${STAY_B} lần ${cursor}`];
      assert.deepEqual(shown(again), expected, `${write} ${when}`);
      again.cable.cut = false;
      await again.core.wake(true);
      await again.pass(2);
      assert.deepEqual(shown(again), held(again), `${write} ${when} healed`);
    }
  }
});

test("L3 a gap, a reset line, a new schema and a lost line all heal", async () => {
  const world = await ward();
  world.hospital.line("noi", [stay(STAY_A, "1")]);
  await world.settle();
  socket(world).loses = true;
  world.hospital.line("noi", [stay(STAY_A, "2")]);
  socket(world).loses = false;
  world.hospital.line("noi", [stay(STAY_B, "3")]);
  await world.settle();
  assert.deepEqual(shown(world), held(world), "gap");
  world.hospital.log("noi").rows.set("x", stay("x", "from an import"));
  world.hospital.line("noi", [], [], undefined, true);
  await world.settle();
  assert.deepEqual(shown(world), held(world), "reset");
  socket(world).loses = true;
  world.hospital.line("noi", [stay(STAY_B, "4")]);
  socket(world).loses = false;
  await world.pass(1);
  assert.deepEqual(shown(world), held(world), "the tick tells of a lost line");
  socket(world).loses = true;
  world.hospital.line("noi", [stay(STAY_A, "5")]);
  socket(world).behind("noi", world.hospital.log("noi").seq);
  await world.settle();
  assert.deepEqual(shown(world), held(world), "behind");
  world.hospital.log("noi").rows.set("y", stay("y", "of a new shape"));
  world.hospital.schema = 2;
  await world.pass(2);
  assert.deepEqual(shown(world), held(world), "schema");
});

test("a line told twice changes nothing", async () => {
  const world = await ward();
  const first = world.hospital.line("noi", [stay(STAY_A, "1")]);
  world.hospital.line("noi", [stay(STAY_A, "2")]);
  socket(world).offer(first);
  await world.settle();
  assert.deepEqual(shown(world), [`${STAY_A} 2`]);
});

test("numbers that go back under a new epoch: a snapshot, and nothing of before remains", async () => {
  const world = await ward();
  world.hospital.line("noi", [stay(STAY_A, "1")]);
  world.hospital.line("noi", [stay(STAY_B, "2")]);
  await world.settle();
  world.hospital.restore("noi", 1);
  await world.pass(20);
  assert.deepEqual(shown(world), [`${STAY_A} 1`]);
  assert.deepEqual(shown(world), held(world));
});

test("S4 'as of' needs a tick whose head is not beyond the cursor; 5 s of silence are stale", async () => {
  const world = await ward();
  await world.pass(1);
  const fresh = world.core.feed.freshness("noi");
  assert.deepEqual(fresh, { as_of: world.hospital.now(), complete: true, stale: false, connected: true });
  world.cable.cut = true;
  socket(world).loses = true;
  world.hospital.line("noi", [stay(STAY_A, "unheard")]);
  world.hospital.now_ms += 1000;
  world.hospital.tick();
  await world.settle();
  assert.equal(world.core.feed.freshness("noi").complete, false, "the head is beyond what is held");
  assert.equal(world.core.feed.freshness("noi").as_of, fresh.as_of);
  world.hospital.now_ms += 5_001;
  assert.equal(world.core.feed.freshness("noi").stale, true);
  world.cable.cut = false;
  await world.core.wake(true);
  await world.pass(2);
  assert.equal(world.core.feed.freshness("noi").complete, true);
  assert.deepEqual(shown(world), held(world));
});

test("S3 the receipt follows the tablet's own transaction", async () => {
  const hospital = new Hospital();
  hospital.add_staff("Lan", PIN);
  let dying: ReturnType<typeof mortal> | undefined;
  const world = await ward_tablet(hospital, "lan", { disk: (real) => (dying = mortal(real)) });
  hospital.line("noi", [stay(STAY_A, "1")]);
  await world.settle();
  const listener = socket(world);
  assert.equal(listener.receipts["noi"], 1);
  dying?.die_at(1, "before");
  hospital.line("noi", [stay(STAY_A, "2")]);
  await world.settle();
  assert.equal(listener.receipts["noi"], 1);
  assert.deepEqual(shown(world), [`${STAY_A} 1`], "memory follows the disk");
});

test("a half-open socket is noticed and left", async () => {
  const world = await ward();
  await world.pass(1);
  const dead = socket(world);
  world.hospital.sockets.delete(dead);
  world.hospital.line("noi", [stay(STAY_A, "1")]);
  await world.pass(25);
  assert.deepEqual(shown(world), held(world));
  assert.notEqual(socket(world), dead);
});

test("L4 rows go when their time has come by the server's clock, in memory and on the disk", async () => {
  const world = await ward();
  const soon = new Date(world.hospital.now_ms + 10_000).toISOString();
  world.hospital.line("noi", [stay(STAY_A, "1", { keep_until: soon }), stay(STAY_B, "2")]);
  await world.pass(5);
  assert.equal(shown(world).length, 2);
  const before = (await world.disk.all("rows", "noi/")).length;
  await world.pass(6);
  assert.deepEqual(shown(world), [`${STAY_B} 2`]);
  assert.equal((await world.disk.all("rows", "noi/")).length, before - 1);
});

test("a row changed on the disk is refused with all its log, and the server's is taken", async () => {
  const world = await ward();
  world.hospital.line("noi", [stay(STAY_A, "1"), stay(STAY_B, "2")]);
  await world.settle();
  const [first, second] = await world.disk.all<Uint8Array>("rows", "noi/");
  if (first === undefined || second === undefined) throw new Error("no rows");
  const flipped = first[1].slice();
  flipped[20] = (flipped[20] ?? 0) ^ 1;
  let page = world;
  for (const value of [flipped, second[1]]) {
    await page.disk.write([{ room: "rows", key: first[0], value }]);
    world.cable.cut = true;
    const offline = await page.reload();
    await offline.core.unlock(world.hospital.people[0]?.key ?? "", PIN);
    assert.deepEqual(shown(offline), [], "a flipped bit and a row put in another's place are both seen");
    offline.cable.cut = false;
    await offline.core.wake(true);
    await offline.pass(2);
    assert.deepEqual(shown(offline), held(offline));
    page = offline;
  }
});

test("a log followed no longer leaves neither row nor cursor", async () => {
  const world = await ward();
  world.hospital.logs.set("ngoai", { seq: 0, rows: new Map(), lines: [] });
  world.hospital.line("noi", [stay(STAY_A, "1")]);
  await world.settle();
  const device = world.hospital.devices[0];
  if (device !== undefined) device.wards = ["ngoai"];
  await world.core.contact();
  await world.pass(2);
  assert.deepEqual(shown(world), []);
  assert.deepEqual(await world.disk.all("rows", "noi/"), []);
  assert.deepEqual([...world.core.feed.logs], ["facility", "ngoai"]);
  assert.equal(world.core.feed.freshness("ngoai").complete, true);
});

test("a stay in two logs is there until both let it go", async () => {
  const world = await ward();
  const device = world.hospital.devices[0];
  world.hospital.logs.set("ngoai", { seq: 0, rows: new Map(), lines: [] });
  if (device !== undefined) device.wards = ["noi", "ngoai"];
  await world.core.contact();
  await world.pass(1);
  world.hospital.line("noi", [stay(STAY_A, "here")]);
  world.hospital.line("ngoai", [stay(STAY_A, "here")]);
  world.hospital.line("noi", [], [{ type: "stay", key: STAY_A }]);
  await world.settle();
  assert.deepEqual(shown(world), [`${STAY_A} here`]);
  world.hospital.line("ngoai", [], [{ type: "stay", key: STAY_A }]);
  await world.settle();
  assert.deepEqual(shown(world), []);
});

test("a busy server is asked again after a jittered wait, not at once", async () => {
  const world = await ward();
  let asked = 0;
  const busy = async (): Promise<Response> => {
    asked += 1;
    world.hospital.faults.push(busy);
    return problem(503, "busy");
  };
  world.hospital.faults = [busy];
  world.hospital.refuses_sockets = true;
  const again = await world.reload();
  await again.core.unlock(world.hospital.people[0]?.key ?? "", PIN);
  asked = 0;
  await again.pass(60);
  assert.ok(asked > 3 && asked < 40, `${asked} calls in a minute`);
});
