/** One page of orders, in the order given. Rows have `id`, `title` and `time`, ready to be read. */
Component({
  properties: {
    orders: Array,
  },
});
