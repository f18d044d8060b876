import type { Fault } from '../project/fault';

/**
 * A mini program as the server hands it to the browser: everything that is data. Its code (templates and
 * scripts) travels beside it in the same bundle.
 */
export interface Program {
  /** Path of the page to open, without extension: `pages/index/index`. */
  entry: string;
  /** Paths of all pages. */
  pages: string[];
  components: ProgramComponent[];
  /** Compiled `app.wxss`. */
  appStyle: string;
  tabBar?: TabBar;
  /** Whether it follows the dark colour scheme; others are light always. */
  darkMode: boolean;
  /** What is wrong with the sources, and stops nothing. */
  warnings: Fault[];
}

/** The tab bar, as app.json has it. */
export interface TabBar {
  color: ThemedValue;
  selectedColor: ThemedValue;
  backgroundColor: ThemedValue;
  /** `black` or `white`. */
  borderStyle: ThemedValue;
  /** Whether a component of the mini program draws it. */
  custom: boolean;
  items: TabItem[];
}

export interface TabItem {
  /** Path of its page. */
  page: string;
  text: string;
  /** Paths of images from the root; empty for none. */
  icon: ThemedValue;
  selectedIcon: ThemedValue;
}

/** A page or a component. */
export interface ProgramComponent {
  /** Path from the mini program's root, without extension. */
  path: string;
  config: ComponentConfig;
  /** Compiled style sheet; empty when there is none. */
  style: string;
  /** Prefix of its class names; absent for styles that apply everywhere. */
  styleScope?: string;
  /** Present for pages: its window settings, those of app.json filled in. */
  page?: PageWindow;
  /** What is wrong with its sources, but for its script: a script at fault throws its faults when it runs. */
  faults: Fault[];
}

/** How a component's styles and tags relate to others', in the engine's own terms. */
export interface ComponentConfig {
  /** Its styles are its own; otherwise they apply everywhere, and everybody's to it. */
  component: boolean;
  /** Its styles are its own, and those that apply everywhere apply to it too. */
  addGlobalClass: boolean;
  /** Tag name to path from the root, with a leading slash. */
  usingComponents: Record<string, string>;
  componentGenerics: Record<string, true | { default: string }>;
  pureDataPattern?: string;
}

/** Settings of a page's surroundings, named as in app.json. */
export interface PageWindow {
  navigationBarTitleText: string;
  navigationBarBackgroundColor: ThemedValue;
  navigationBarTextStyle: ThemedValue;
  /** `custom`: the page draws its own bar, and fills the whole screen. */
  navigationStyle: 'default' | 'custom';
  backgroundTextStyle: ThemedValue;
  enablePullDownRefresh: boolean;
  /** Pixels from the bottom at which the page is told. */
  onReachBottomDistance: number;
}

/** A value for each colour scheme. */
export interface ThemedValue {
  light: string;
  dark: string;
}
