import { MiniElement } from './mini-element';

/** Goes to another page as `wx` does. */
export type Navigate = (method: string, options: object) => void;

const methods: Readonly<Record<string, string>> = {
  navigate: 'navigateTo',
  redirect: 'redirectTo',
  switchTab: 'switchTab',
  reLaunch: 'reLaunch',
  navigateBack: 'navigateBack',
  exit: 'exitMiniProgram',
};

/** @see https://developers.weixin.qq.com/miniprogram/dev/component/navigator.html */
export function navigatorElement(navigate: Navigate): typeof MiniElement {
  return class Navigator extends MiniElement {
    connectedCallback(): void {
      if (!this.hasAttribute('role')) this.role = 'link';
    }

    protected override listen(): void {
      this.onTap(() => {
        const elsewhere = this.text('target') === 'miniProgram';
        const method = elsewhere
          ? 'navigateToMiniProgram'
          : (methods[this.text('open-type')] ?? 'navigateTo');
        navigate(method, {
          url: this.text('url'),
          delta: this.number('delta', 1),
          success: (answer: object) => {
            this.tell('success', answer);
          },
          fail: (answer: object) => {
            this.tell('fail', answer);
          },
        });
      });
    }
  };
}
