import { type CallWire, labels, roomOf, type WireName } from '../result/wires.ts';
import type { CallContender } from './call-sources.ts';
import type { Contender } from './scenario.ts';

/**
 * The real server with this wire's room open, and REST's for those who publish and write while
 * another wire is read: so that all scenarios of a wire have one server.
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

/** GraphQL without Yoga's HTTP layer: what that costs is the difference. */
export const leanHost: CallContender = room('graphql', {
  name: 'graphql-lean',
  label: `${labels.graphql} (lean host)`,
  subject: {
    ...subjectOf('graphql'),
    id: 'rest+graphql, lean host',
    env: { GRAPHQL_HOST: 'lean' },
  },
});

/** REST once more, as if it were another contender: what differs is noise. */
export const restAgain: CallContender = room('rest', {
  name: 'rest-again',
  label: 'REST again',
  kind: 'again',
});

/** A bare library, of the folder of controls. */
export const control = (
  name: string,
  label: string,
  wire: CallWire,
  more: Partial<CallContender> = {},
): CallContender =>
  room(wire, { name, label, kind: 'control', subject: { control: name }, ...more });

/** A bare library with core's own read in it, and the wire's encoding: what the room adds to. */
export const withCore = (name: string, label: string, wire: CallWire): CallContender =>
  control(name, label, wire, { subject: { control: name, database: true } });
