import {
  Server,
  ServerCredentials,
  type ServiceDefinition,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { announce } from './constant.ts';

/**
 * Serves by bare grpc-js. Without channelz, as the room has it: an option of the library is no work
 * of the room's.
 */
export function serveGrpc(
  methods: ServiceDefinition,
  handlers: UntypedServiceImplementation,
): void {
  const server = new Server({ 'grpc.enable_channelz': 0 });
  server.addService(methods, handlers);
  server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, grpc) => {
    if (error) throw error;
    announce({ grpc });
  });
}
