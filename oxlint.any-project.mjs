/** oxlint has no `no-restricted-syntax`. Reference: https://oxc.rs/docs/guide/usage/linter/js-plugins.html */

const names = /gettoken|cleartokens|\borders\b|token-loop|_SALT/i;
const message = 'The local cloud serves any project, and names nothing of this one.';

const namesNothing = {
  create(context) {
    const check = (node, text) => {
      if (names.test(text)) context.report({ node, message });
    };
    return {
      Literal: (node) => check(node, String(node.value)),
      TemplateElement: (node) => check(node, node.value.raw),
      Identifier: (node) => check(node, node.name),
    };
  },
};

export default {
  meta: { name: 'any-project' },
  rules: { 'names-nothing': namesNothing },
};
