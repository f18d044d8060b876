Component({
  options: { multipleSlots: true },
  properties: {
    note: { type: Object, value: {} },
  },
});
