import { simulate } from './simulate';
import { storms } from './storms';
import type { Job, Report } from './workers';

/** A process of its own that runs one job after the other; `workers.ts` starts and ends it. */
process.on('message', (job: Job) => {
  const { storm: name, ...rest } = job;
  const storm = storms.find((each) => each.name === name);
  if (storm === undefined) throw new Error(`No storm is called ${name}.`);
  const before = process.cpuUsage();
  const progress = (part: number): void => {
    tell({ part });
  };
  void simulate({ ...rest, storm, progress }).then((measured) => {
    const { user, system } = process.cpuUsage(before);
    const memoryMB = Math.round(process.resourceUsage().maxRSS / 1024);
    tell({ measured, cpuSeconds: (user + system) / 1e6, memoryMB });
  });
});

function tell(report: Report): void {
  process.send?.(report);
}
