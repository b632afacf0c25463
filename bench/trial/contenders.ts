import { type CallWire, labels, roomOf, type WireName } from '../result/wires.ts';
import type { CallContender } from './call-sources.ts';
import type { Contender } from './scenario.ts';

/**
 * The real server with the room of this wire open, and with REST's for clients that publish and
 * write, so that all scenarios of a wire can share one server.
 */
export const subjectOf = (wire: WireName) => {
  const wires = [...new Set(['rest', roomOf(wire)])];
  return { id: wires.join('+'), wires };
};

/** The room of a wire, for a scenario that calls it in its own way. */
export const plainRoom = <Wire extends WireName>(
  wire: Wire,
  more: Partial<Contender> = {},
): Contender & { readonly wire: Wire } => ({
  name: wire,
  label: labels[wire],
  kind: 'room',
  subject: subjectOf(wire),
  ...more,
  wire,
});

/** The room of a wire, called by the lean driver unless it says otherwise. */
export const room = (wire: CallWire, more: Partial<CallContender> = {}): CallContender => ({
  ...plainRoom(wire),
  driver: 'lean',
  ...more,
});

/** GraphQL without Yoga's HTTP layer. The difference is the cost of that layer. */
export const leanHost: CallContender = room('graphql', {
  name: 'graphql-lean',
  label: `${labels.graphql} (lean host)`,
  subject: {
    ...subjectOf('graphql'),
    id: 'rest+graphql, lean host',
    env: { GRAPHQL_HOST: 'lean' },
  },
});

/** REST once more, as another contender. Its difference from REST is noise. */
export const restAgain: CallContender = room('rest', {
  name: 'rest-again',
  label: 'REST again',
  kind: 'again',
});

/** A bare library from the folder of controls. */
export const control = (
  name: string,
  label: string,
  wire: CallWire,
  more: Partial<CallContender> = {},
): CallContender =>
  room(wire, { name, label, kind: 'control', subject: { control: name }, ...more });

/** A bare library that calls core's read and uses the wire's encoding. */
export const withCore = (name: string, label: string, wire: CallWire): CallContender =>
  control(name, label, wire, { subject: { control: name, database: true } });
