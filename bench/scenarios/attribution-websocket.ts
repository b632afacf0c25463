import { callScenario } from '../trial/call-scenario.ts';
import { control, room, withCore } from '../trial/contenders.ts';
import { layerByLayer } from './layer-by-layer.ts';

/** WebSocket, whose library is its transport too. */
export const attributionWebsocket = callScenario({
  ...layerByLayer,
  name: 'attribution-websocket',
  title: "Where a read's server CPU goes, WebSocket",
  baseline: 'websocket',
  contenders: [
    room('websocket'),
    control('ws', 'ws, constant frame', 'websocket'),
    control('ws-json', 'ws and JSON', 'websocket'),
    withCore('ws-core', 'ws with core', 'websocket'),
  ],
});
