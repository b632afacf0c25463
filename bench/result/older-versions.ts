/** Results of older versions, read and not written. */

type Json = Readonly<Record<string, unknown>>;

const listOf = (value: unknown): Json[] =>
  Array.isArray(value) ? value.map((one): Json => Object(one)) : [];

/** Version 3 called a workload `act`; before 5 there were no slices. */
const ofOlderLoad = ({ act, ...load }: Json, more: Json): Json => ({
  ...load,
  ...(act !== undefined && { workload: act }),
  ...more,
});

function ofOlderSample(sample: Json): Json {
  const loads = (name: string, more: Json) =>
    listOf(sample[name]).map((load) => ofOlderLoad(load, more));
  const withoutSlices = { slices: [], underWay: null };
  return {
    ...sample,
    closed: loads('closed', withoutSlices),
    open: loads('open', withoutSlices),
    capacity: loads('capacity', {}),
    wire: loads('wire', {}),
    mix: null,
  };
}

/** A result of version 3 or 4, as version 5 has it. */
export const ofOlderVersion = (json: Json, version: string): Json => ({
  ...json,
  version,
  rates: [],
  machine: null,
  cut: [],
  parts: [],
  cells: listOf(json.cells).map((cell) => ({
    ...cell,
    samples: listOf(cell.samples).map(ofOlderSample),
  })),
});

export const olderVersions: readonly string[] = ['fivewire-bench/3', 'fivewire-bench/4'];
