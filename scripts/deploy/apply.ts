import { applyToCollection } from './apply-to-collection';
import { applyToFunctions, type Cloud } from './apply-to-functions';
import type { DeclaredProject } from './declared-project';
import type { Plan } from './plan';
import type { Progress } from './progress';

/**
 * Carries out a plan. A failure in the database ends it; what fails with one function does not stop the others.
 *
 * @param project - What the plan was made for.
 * @throws ToolError CLOUD, DATABASE or FUNCTIONS. A second run completes what this one leaves.
 */
export async function apply(
  cloud: Cloud,
  project: DeclaredProject,
  { collections, functions }: Plan,
  progress: Progress,
): Promise<void> {
  if (collections.length + functions.length === 0) return;
  progress.step('Deployment');
  for (const change of collections) {
    progress.changed(await applyToCollection(cloud.api, change));
  }
  await applyToFunctions(cloud, project.functions, functions, progress);
}
