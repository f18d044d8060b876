import { applyToCollection } from './apply-to-collection';
import { applyToFunctions, type Cloud } from './apply-to-functions';
import { applyToHttp } from './apply-to-http';
import type { DeclaredProject } from './declared-project';
import type { Plan } from './plan';
import type { HttpChange } from './plan-http';
import type { Progress } from './progress';

/**
 * Carries out a plan. A failure in the database ends it; what fails with one function does not stop the others. Routes
 * are removed before anything else and made after it: none leads to a function that is not as declared.
 *
 * @param project - What the plan was made for.
 * @throws ToolError CLOUD, DATABASE or FUNCTIONS. A second run completes what this one leaves.
 */
export async function apply(
  cloud: Cloud,
  project: DeclaredProject,
  { collections, functions, http }: Plan,
  progress: Progress,
): Promise<void> {
  if (collections.length + functions.length + http.length === 0) return;
  const changeHttp = async (changes: readonly HttpChange[]) => {
    for (const change of changes) progress.changed(await applyToHttp(cloud.api, change));
  };
  progress.step('Deployment');
  await changeHttp(http.filter(({ todo }) => todo === 'remove'));
  for (const change of collections) {
    progress.changed(await applyToCollection(cloud.api, change));
  }
  await applyToFunctions(cloud, project.functions, functions, progress);
  await changeHttp(http.filter(({ todo }) => todo !== 'remove'));
}
