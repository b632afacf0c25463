import { isDeepStrictEqual } from 'node:util';
import { describe, expect, test } from 'vitest';
import { attribution } from '../../bench/scenarios/attribution.ts';
import { scenarioNames, scenarios } from '../../bench/scenarios/index.ts';
import { pointRead } from '../../bench/scenarios/point-read.ts';
import { makePlan, type Request } from '../../bench/trial/plan.ts';
import { nodeFlagsOf } from '../../bench/trial/preflight.ts';

const request: Request = {
  only: [],
  wires: [],
  seed: 1,
  loading: { effort: 'normal' },
  tls: false,
  targets: [],
};

const orderOf = (seed: number) =>
  makePlan(scenarios, { ...request, only: ['point-read'], seed }, false).blocks.flatMap(
    ({ round, contenders, steps }) => [
      ...contenders.map(({ name }) => `${round} ${name}`),
      ...steps.flatMap(({ phase, contenders }) =>
        contenders.map(({ name }) => `${round} ${name} ${phase.id}`),
      ),
    ],
  );

test('a scenario is listed by its own name', () => {
  expect(scenarios.map(({ name }) => name)).toEqual(scenarioNames);
});

describe('the plan', () => {
  test('fits into five minutes, importing included', () => {
    expect(makePlan(scenarios, request, true).estimateMs).toBeLessThan(300_000);
  });

  test('has the same order of processes and steps for the same seed, and another for another', () => {
    expect(orderOf(1)).toEqual(orderOf(1));
    expect(orderOf(1)).not.toEqual(orderOf(2));
    expect(orderOf(1).toSorted()).toEqual(orderOf(2).toSorted());
  });

  test('has every contender once a round, in random order', () => {
    const { blocks } = makePlan(scenarios, request, false);
    for (const { contenders, scenario } of blocks) {
      expect(new Set(contenders).size).toBe(contenders.length);
      expect(scenario.contenders).toEqual(expect.arrayContaining([...contenders]));
    }
    const firsts = blocks.map(({ contenders }) => contenders[0]?.name);
    expect(new Set(firsts).size).toBeGreaterThan(3);
  });

  test('lets contenders alternate: each takes a step once before any takes it twice', () => {
    for (const block of makePlan(scenarios, request, false).blocks) {
      const { steps, contenders, scenario, round } = block;
      const taken = steps.flatMap(({ phase, contenders }) =>
        contenders.map((contender) => ({ id: phase.id, contender })),
      );
      let at = 0;
      for (const phase of scenario.phases(request.loading, round)) {
        const those = contenders.filter(({ kind }) => !phase.once || kind !== 'again');
        for (let time = 0; time < phase.times; time += 1) {
          const now = taken.slice(at, at + those.length);
          at += those.length;
          expect(new Set(now.map(({ id }) => id))).toEqual(new Set([phase.id]));
          expect(new Set(now.map(({ contender }) => contender))).toEqual(new Set(those));
        }
      }
      expect(at).toBe(taken.length);
    }
  });

  test('has one id for phases that load in one way, and another for every other', () => {
    const loading = { effort: 'normal', rttsMs: [0, 10] } as const;
    const phases = [...pointRead.phases(loading, 0), ...attribution.phases(loading, 0)];
    const loads = new Map(phases.map(({ id, load }) => [id, load]));
    for (const { id, load } of phases) expect(load).toEqual(loads.get(id));
    for (const [id, load] of loads) {
      const same = [...loads].filter(([, other]) => isDeepStrictEqual(load, other));
      expect(same.map(([other]) => other)).toEqual([id]);
    }
  });

  test('warms all contenders up at once, and times one at a time', () => {
    for (const { steps } of makePlan(scenarios, request, false).blocks) {
      for (const { phase, contenders } of steps) {
        if (!phase.together) expect(contenders).toHaveLength(1);
      }
    }
    const [block] = makePlan(scenarios, { ...request, only: ['point-read'] }, false).blocks;
    expect(block?.steps[0]?.contenders).toHaveLength(pointRead.contenders.length);
  });

  test('starts all servers of a usual run alike, and those of a full one as users do', () => {
    const flags = nodeFlagsOf(request);
    expect(flags.length).toBeGreaterThan(0);
    expect(flags.every((flag) => flag.startsWith('--invocation-count-for-'))).toBe(true);
    expect(nodeFlagsOf({ ...request, loading: { effort: 'full' } })).toEqual([]);
  });

  test('counts the start of a server once a round, whatever it is measured by', () => {
    const only = ['create', 'payload'];
    const planOf = (names: readonly string[]) =>
      makePlan(scenarios, { ...request, only: names }, false);
    const [both, ...apart] = [only, ...only.map((name) => [name])].map(planOf);
    const sum = apart.reduce((total, { servers }) => total + servers, 0);
    // Five contenders in four rounds, of which the payload has four as well, in three.
    expect([both?.servers, sum]).toEqual([20, 32]);
  });

  test('goes through the rounds one after the other', () => {
    const rounds = makePlan(scenarios, request, false).blocks.map(({ round }) => round);
    expect(rounds).toEqual(rounds.toSorted((a, b) => a - b));
  });

  test('keeps the baseline and its repeat beside the wires that were asked for', () => {
    const plan = makePlan(scenarios, { ...request, only: ['point-read'], wires: ['grpc'] }, false);
    const names = new Set(
      plan.blocks.flatMap(({ contenders }) => contenders.map((one) => one.name)),
    );
    expect(names).toEqual(new Set(['rest', 'rest-again', 'grpc']));
  });

  test("of somebody else's server has neither its bare libraries nor wires that it lacks", () => {
    const target = { wire: 'grpc', host: '127.0.0.1', port: 1, tls: false } as const;
    const plan = makePlan(scenarios, { ...request, targets: [target] }, false);
    const all = plan.blocks.flatMap(({ contenders }) => contenders);
    expect(new Set(all.map(({ wire }) => wire))).toEqual(new Set(['grpc']));
    expect(new Set(all.map(({ kind }) => kind))).toEqual(new Set(['room']));
  });
});
