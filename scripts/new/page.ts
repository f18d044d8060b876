import * as v from 'valibot';
import { editJson, newFile, type Edit } from './edit';

const fields = v.record(v.string(), v.unknown());
const app = v.object({ pages: v.array(v.string()) });
const sitemap = v.object({ rules: v.array(v.unknown()) });

/** What a page needs: its four files, its lines in app.json and sitemap.json, and a test. */
export function planPage(name: string): Edit[] {
  const page = `pages/${name}/index`;
  const file = `miniprogram/${page}`;
  return [
    newFile(
      `${file}.ts`,
      `/** The page \`${name}\`. */
Component({
  data: { text: '' },
  methods: {
    onLoad() {
      this.setData({ text: '${name}' });
    },
  },
});
`,
    ),
    newFile(`${file}.json`, JSON.stringify({ navigationBarTitleText: name, usingComponents: {} })),
    newFile(`${file}.wxml`, '<view class="text">{{text}}</view>\n'),
    newFile(`${file}.wxss`, '.text {\n  padding: 32rpx;\n}\n'),
    newFile(
      `test/miniprogram/${name}.test.ts`,
      `/** @jest-environment jsdom */
import { createCloud } from './cloud';
import { openPage } from './render';

test('the page ${name} shows its text', () => {
  const page = openPage('${page}', createCloud());
  expect(page.text('.text')).toBe('${name}');
});
`,
    ),
    // As the others: a page that shows what is the user's own stays out of WeChat's search.
    editJson('miniprogram/sitemap.json', (json) => {
      const { rules } = v.parse(sitemap, json);
      return { ...v.parse(fields, json), rules: [...rules, { action: 'disallow', page }] };
    }),
    editJson('miniprogram/app.json', (json) => {
      const { pages } = v.parse(app, json);
      return { ...v.parse(fields, json), pages: [...pages, page] };
    }),
  ];
}
