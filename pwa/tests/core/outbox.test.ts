// The outbox: durable first, one counter, order for each stay, nothing lost to any answer or silence.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Answer, Command } from "../../src/core/wire.ts";
import { json, problem } from "./world/answers.ts";
import { type Fault, Hospital } from "./world/hospital.ts";
import { a_set, mortal, STAY_A, STAY_B, vitals, type World, ward_tablet } from "./world/tablets.ts";

async function ward(): Promise<World> {
  const hospital = new Hospital();
  hospital.add_staff("Lan", "246813");
  return ward_tablet(hospital, "lan");
}

const accepted = (command: Command): Answer => ({ answer: "accepted", id: command.id, findings: [], result: {} });
const retry = (command: Command): Answer => ({ answer: "retry", id: command.id, reason: "ward_busy", after_ms: 1000 });
const counters = (world: World) => world.hospital.taken.map((command) => command.counter);

test("C1 the claims are complete, the text composed, the signature the session's", async () => {
  const world = await ward();
  const id = await vitals(world);
  await world.settle();
  const [taken] = world.hospital.taken as (Command & { late_reason: string })[];
  assert.equal(taken?.id, id);
  assert.equal(id[14], "7");
  const claims = "kind v id device session counter recorded_at clock seen told app rules".split(" ");
  const payload = "stay_id readings identification late_reason".split(" ");
  assert.deepEqual(Object.keys(taken ?? {}), [...claims, ...payload]);
  assert.equal(taken?.late_reason, "tiếng".normalize("NFC"));
  assert.deepEqual(taken?.seen.map((seen) => seen.log).sort(), ["facility", "noi"]);
  assert.equal(taken?.clock?.offset_ms, 0);
});

test("a number that is not whole is never signed", async () => {
  const world = await ward();
  const set = { ...a_set(STAY_A), readings: [{ ...a_set(STAY_A).readings[0], value: 37.5 }] };
  await assert.rejects(world.core.report("record_vitals", set as ReturnType<typeof a_set>, []), /whole/);
  assert.equal(world.core.outbox.unsent, 0);
});

test("C3 counters have no gaps, whoever asks at once; opening a chart has none", async () => {
  const world = await ward();
  await Promise.all(Array.from({ length: 20 }, () => vitals(world)));
  await world.core.report("open_chart", { stay_id: STAY_A }, []);
  await world.settle();
  assert.deepEqual(counters(world), [...Array.from({ length: 20 }, (_, at) => at + 1), null]);
});

test("two tabs on one disk share one counter and overwrite nothing", async () => {
  const world = await ward();
  const other = await world.second_tab();
  await other.core.unlock(world.hospital.people[0]?.key ?? "", "246813");
  await Promise.all(Array.from({ length: 10 }, (_, at) => vitals(at % 2 === 0 ? world : other)));
  await Promise.all([world.settle(), other.settle()]);
  const ten = Array.from({ length: 10 }, (_, at) => at + 1);
  assert.deepEqual(
    counters(world).toSorted((a, b) => (a ?? 0) - (b ?? 0)),
    ten,
  );
  assert.equal((await world.disk.all("outbox")).length, 10);
});

test("grey at once, solid when the record has it, and the preview gives way to the row", async () => {
  const world = await ward();
  world.cable.cut = true;
  const id = await vitals(world);
  assert.equal(world.core.tick(id), "grey");
  assert.equal((world.core.view.row("observation_set", id) as { author_name?: string })?.author_name, "preview");
  assert.equal(world.core.view.of_stay("observation_set", STAY_A).length, 1);
  await world.settle();
  assert.equal(world.core.outbox.unsent, 1);
  world.cable.cut = false;
  await world.core.wake(true);
  await world.pass(40);
  assert.equal(world.core.tick(id), "solid");
  assert.equal((world.core.view.row("observation_set", id) as { author_name?: string })?.author_name, "server");
  assert.equal(world.core.view.of_stay("observation_set", STAY_A).length, 1);
});

test("an unsent act survives the page and goes out after the next unlock", async () => {
  const world = await ward();
  world.cable.cut = true;
  const id = await vitals(world);
  const again = await world.reload();
  assert.equal(again.core.phase, "locked");
  assert.equal(again.core.outbox.unsent, 1);
  assert.notEqual(again.core.outbox.oldest_at, null);
  again.cable.cut = false;
  assert.deepEqual(await again.core.unlock(world.hospital.people[0]?.key ?? "", "246813"), { ok: true });
  await again.pass(2);
  assert.equal(again.core.tick(id), "solid");
  assert.deepEqual(counters(again), [1]);
});

test("a crash before or after any write loses no act that was reported, and doubles none", async () => {
  for (let write = 1; write <= 8; write += 1) {
    for (const when of ["before", "after"] as const) {
      const hospital = new Hospital();
      hospital.add_staff("Lan", "246813");
      let dying: ReturnType<typeof mortal> | undefined;
      const world = await ward_tablet(hospital, "lan", { disk: (real) => (dying = mortal(real)) });
      dying?.die_at(write, when);
      const reported: string[] = [];
      for (let act = 0; act < 3; act += 1)
        await vitals(world).then(
          (id) => reported.push(id),
          () => undefined,
        );
      await world.settle().catch(() => undefined);
      const again = await world.reload();
      assert.deepEqual(await again.core.unlock(hospital.people[0]?.key ?? "", "246813"), { ok: true });
      await again.pass(3);
      const ids = hospital.taken.map((command) => command.id);
      assert.equal(new Set(ids).size, ids.length, `${write} ${when}: doubled`);
      for (const id of reported) assert.ok(ids.includes(id), `${write} ${when}: lost`);
      const counted = hospital.taken.map((command) => command.counter);
      assert.deepEqual(
        counted,
        counted.map((_, at) => at + 1),
        `${write} ${when}: counter`,
      );
      assert.equal(again.core.outbox.unsent, 0);
    }
  }
});

test("what was lost on the way back is sent again and answered the same", async () => {
  const world = await ward();
  world.hospital.faults = [
    async (_, pass) => {
      await pass();
      throw new TypeError("the answer is lost");
    },
  ];
  const id = await vitals(world);
  await world.pass(10);
  assert.equal(world.hospital.taken.length, 1);
  assert.ok(world.hospital.batches.length >= 2);
  assert.equal(world.core.tick(id), "solid");
});

for (const [name, answer, reason] of [
  ["C8 a captive portal's page", () => new Response("<html>", { headers: { "content-type": "text/html" } }), "foreign"],
  ["C8 a portal that speaks JSON", () => json({ login: "here" }), "foreign"],
  ["C8 answers of another number", () => json({ answers: [] }), "foreign"],
  ["C8 answers to somebody else", () => json({ answers: [{ answer: "accepted", id: STAY_B }] }), "foreign"],
  ["C8 503", () => problem(503, "busy"), "busy"],
  ["C8 429", () => problem(429, "wait"), "busy"],
  ["C8 401", () => problem(401, "unknown_device"), "device"],
  ["C8 403", () => problem(403, "not_allowed"), "device"],
  ["C8 426", () => problem(426, "update_first"), "update"],
  ["C8 500", () => problem(500, "internal"), "error"],
] as const) {
  test(`${name} stops sending and deletes nothing`, async () => {
    const world = await ward();
    world.hospital.faults = [async () => answer()];
    const id = await vitals(world);
    await world.core.sender.flush();
    assert.equal(world.core.sender.stopped, reason);
    assert.equal(world.core.tick(id), "grey");
    assert.equal(world.hospital.taken.length, 0);
    await world.pass(40);
    assert.equal(world.core.tick(id), "solid");
    assert.equal(world.hospital.taken.length, 1);
  });
}

test("Retry-After is kept to, also when more is charted meanwhile", async () => {
  const world = await ward();
  const before = world.hospital.batches.length;
  world.hospital.faults = [async () => problem(503, "busy", { "retry-after": "30" })];
  await vitals(world);
  await world.pass(10);
  await vitals(world);
  await world.pass(10);
  assert.equal(world.hospital.batches.length, before);
  await world.pass(30);
  assert.equal(world.hospital.taken.length, 2);
});

test("413 splits until it fits, and sets the one that never does aside", async () => {
  const world = await ward();
  world.cable.cut = true;
  const ids: string[] = [];
  for (let act = 0; act < 9; act += 1) ids.push(await vitals(world, act === 4 ? STAY_B : STAY_A));
  const heavy = ids[4] ?? "";
  const signed = world.core.outbox.entry(heavy)?.signed ?? "";
  const sizes: number[] = [];
  const too_large: Fault = async (_, pass, init) => {
    world.hospital.faults.push(too_large);
    const commands: string[] = JSON.parse(String(init.body ?? "{}")).commands ?? [];
    sizes.push(commands.length);
    return commands.includes(signed) ? problem(413, "too_large") : pass();
  };
  world.hospital.faults = [too_large];
  world.cable.cut = false;
  await world.core.wake(true);
  await world.pass(3);
  assert.equal(world.core.outbox.entry(heavy)?.state, "set_aside");
  assert.ok(ids.filter((id) => id !== heavy).every((id) => world.core.tick(id) === "solid"));
  assert.ok(sizes.includes(9) && sizes.includes(4) && sizes.includes(1));
  world.hospital.faults = [];
  await world.pass(65);
  assert.equal(world.core.tick(heavy), "solid");
});

test("three retries while others pass: set aside with its stay's later acts, tried each minute, order kept", async () => {
  const world = await ward();
  let stuck = true;
  world.hospital.judge = (command) =>
    "stay_id" in command && command.stay_id === STAY_A && stuck ? retry(command) : undefined;
  const first = await vitals(world, STAY_A);
  const later = await vitals(world, STAY_A);
  for (let act = 0; act < 20; act += 1) {
    await vitals(world, STAY_B);
    await world.pass(3);
  }
  assert.equal(world.core.outbox.entry(first)?.state, "set_aside");
  assert.equal(world.core.outbox.entry(later)?.state, "set_aside");
  assert.equal(world.hospital.taken.length, 20);
  const third = await vitals(world, STAY_A);
  const tries = () => world.hospital.batches.flat().length;
  const before = tries();
  await world.pass(60);
  assert.ok(tries() - before <= 2, "about once a minute");
  stuck = false;
  await world.pass(70);
  const order = world.hospital.taken.map((command) => command.id).filter((id) => [first, later, third].includes(id));
  assert.deepEqual(order, [first, later, third]);
  assert.equal(world.core.outbox.unsent, 0);
});

test("alone in trouble, nothing is set aside: nobody is held up by it", async () => {
  const world = await ward();
  world.hospital.judge = retry;
  const id = await vitals(world);
  await world.pass(60);
  assert.equal(world.core.outbox.entry(id)?.state, "unsent");
  world.hospital.judge = accepted;
  await world.pass(30);
  assert.equal(world.core.tick(id), "solid");
});

test("refused and held stay for a person to read, over a reload too", async () => {
  const world = await ward();
  world.hospital.judge = (command) =>
    "stay_id" in command && command.stay_id === STAY_A
      ? { answer: "refused", id: command.id, rule: "not_allowed", detail: {} }
      : { answer: "held", id: command.id, reason: "unknown_field", held_id: "h1" };
  const refused = await vitals(world, STAY_A);
  const held = await vitals(world, STAY_B);
  await world.settle();
  const again = await world.reload();
  await again.core.unlock(world.hospital.people[0]?.key ?? "", "246813");
  assert.equal(again.core.tick(refused), "refused");
  assert.equal(again.core.tick(held), "held");
  assert.equal(again.core.view.of_stay("observation_set", STAY_A).length, 0);
  assert.equal(again.core.view.of_stay("observation_set", STAY_B).length, 1, "a held report is still what was done");
  await again.core.outbox.dismiss(refused);
  assert.equal(again.core.outbox.entry(refused)?.dismissed, true);
  again.hospital.line("noi", [], [], held);
  await again.pass(1);
  assert.equal(again.core.view.of_stay("observation_set", STAY_B).length, 0, "replayed: the line speaks now");
});

test("a request is answered, or said to be unsent after 8 s", async () => {
  const world = await ward();
  const asked = world.core.request("record_vitals", a_set(STAY_A), []);
  await world.settle();
  assert.equal((await asked).answer, "accepted");
  world.cable.cut = true;
  const unsent = world.core.request("record_vitals", a_set(STAY_A), []);
  await world.pass(9);
  assert.equal((await unsent).answer, "unsent");
  assert.equal(world.core.outbox.unsent, 1);
});

test("batches hold at most 50", async () => {
  const world = await ward();
  world.cable.cut = true;
  for (let act = 0; act < 120; act += 1) await vitals(world, act % 2 === 0 ? STAY_A : STAY_B);
  world.cable.cut = false;
  await world.core.wake(true);
  await world.settle();
  assert.deepEqual(
    world.hospital.batches.map((batch) => batch.length),
    [50, 50, 20],
  );
  assert.deepEqual(
    counters(world),
    Array.from({ length: 120 }, (_, at) => at + 1),
  );
});

test("after a restore everything kept is offered again, the same bytes, and pruned after 7 days", async () => {
  const world = await ward();
  const id = await vitals(world);
  await world.pass(2);
  const sent = world.hospital.batches.flat();
  world.hospital.restore("noi", 0);
  await world.pass(30);
  assert.deepEqual(world.hospital.batches.at(-1), sent);
  assert.equal(world.hospital.log("noi").rows.size, 1);
  assert.equal(world.core.tick(id), "solid");
  world.hospital.now_ms += 8 * 86_400_000;
  await world.pass(2);
  assert.equal(world.core.outbox.entry(id), undefined);
  assert.deepEqual(await world.disk.all("outbox"), []);
});

test("a clock that jumps neither stops the outbox nor breaks its order", async () => {
  const making = { skew_ms: 0 };
  const hospital = new Hospital();
  hospital.add_staff("Lan", "246813");
  const world = await ward_tablet(hospital, "lan", making);
  world.cable.cut = true;
  const ids = [await vitals(world)];
  making.skew_ms = -86_400_000;
  const again = await world.reload();
  await again.core.unlock(hospital.people[0]?.key ?? "", "246813");
  ids.push(await vitals(again));
  again.cable.cut = false;
  await again.core.wake(true);
  await again.pass(2);
  assert.deepEqual(
    hospital.taken.map((command) => command.id),
    ids,
  );
});
