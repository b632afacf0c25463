// Original file: protos/payments/v1/payments.proto

import type { DeclineCode as _payments_v1_DeclineCode, DeclineCode__Output as _payments_v1_DeclineCode__Output } from '../../payments/v1/DeclineCode.ts';

export interface PaymentFailure {
  'code'?: (_payments_v1_DeclineCode);
  'message'?: (string);
}

export interface PaymentFailure__Output {
  'code': (_payments_v1_DeclineCode__Output);
  'message': (string);
}
