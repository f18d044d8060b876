import { openPhone } from '../panel';

/** The page of a project that has no panel: the phone alone. */
openPhone();
