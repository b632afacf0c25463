import { callScenario } from '../trial/call-scenario.ts';
import { control, leanHost, room, withCore } from '../trial/contenders.ts';
import { layerByLayer } from './layer-by-layer.ts';

/** GraphQL on its two hosts, and its ways to execute. */
export const attributionGraphql = callScenario({
  ...layerByLayer,
  name: 'attribution-graphql',
  title: "Where a read's server CPU goes, GraphQL",
  baseline: 'graphql',
  contenders: [
    room('graphql'),
    leanHost,
    control('graphql-constant', 'node:http, constant bytes, by POST', 'graphql'),
    control('graphql-json', 'node:http and JSON, by POST', 'graphql'),
    control('graphql-execute', 'graphql-js', 'graphql'),
    control('graphql-jit', 'graphql-jit', 'graphql'),
    withCore('graphql-core', 'graphql-js with core', 'graphql'),
    control('yoga', 'Yoga', 'graphql'),
    withCore('yoga-core', 'Yoga with core', 'graphql'),
  ],
});
