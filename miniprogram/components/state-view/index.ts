/**
 * Stands where a list would: an icon, what is the case, what can be done, and a button for it.
 * Fires `act` when the button is tapped; without `action` there is no button.
 */
Component({
  properties: {
    /** `box`, `receipt` or `warning`. */
    icon: String,
    heading: String,
    detail: String,
    action: String,
    /** Announced at once by a screen reader, as an error is. */
    urgent: Boolean,
  },
  methods: {
    act() {
      this.triggerEvent('act');
    },
  },
});
