// Original file: protos/payments/v1/payments.proto

export const CaptureMethod = {
  CAPTURE_METHOD_UNSPECIFIED: 'CAPTURE_METHOD_UNSPECIFIED',
  CAPTURE_METHOD_AUTOMATIC: 'CAPTURE_METHOD_AUTOMATIC',
  CAPTURE_METHOD_MANUAL: 'CAPTURE_METHOD_MANUAL',
} as const;

export type CaptureMethod =
  | 'CAPTURE_METHOD_UNSPECIFIED'
  | 0
  | 'CAPTURE_METHOD_AUTOMATIC'
  | 1
  | 'CAPTURE_METHOD_MANUAL'
  | 2

export type CaptureMethod__Output = typeof CaptureMethod[keyof typeof CaptureMethod]
