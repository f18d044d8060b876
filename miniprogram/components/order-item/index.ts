/** One order: its title, when it was placed, and its number. */
Component({
  properties: {
    title: String,
    /** Ready to be read: the page formats it. */
    time: String,
    orderId: String,
  },
});
