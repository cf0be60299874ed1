#include <string.h>

#include "plan/describe.h"
#include "plan/paint.h"
#include "plan/show.h"

#include "base/banned.h"

enum { PROPERTY_INDENT = 6 };

static enum ink ink_of_change(const struct change *c)
{
	return c->action == ACTION_REPLACE ? INK_RED : ink_of(*action_symbol(c));
}

/* --- one change --- */

static void paint_header(struct painter *p, const struct change *c)
{
	const char *address = show_plain(p->a, c->address, strlen(c->address));

	paint_text(p, ink_of_change(c), "%3s", action_symbol(c));
	fputc(' ', p->out);
	paint_text(p, INK_BOLD, "%s", address);
	fprintf(p->out, " (%s)", c->type_name);
	if (c->deposed)
		fprintf(p->out, " deposed %s", c->deposed);
}

static void paint_reasons(struct painter *p, const struct plan *plan, const struct change *c)
{
	const char *text = describe_replacement(p->a, c);

	if (text)
		paint_comment(p, PROPERTY_INDENT, text);
	for (size_t i = 0; i < c->reasons.len; i++) {
		text = describe_reason(p->a, plan, c, &c->reasons.items[i]);
		if (text)
			paint_comment(p, PROPERTY_INDENT, text);
	}
}

/* Do some differences come from outside, and some do not? */
static bool is_mixed(const struct change *c)
{
	size_t drifted = 0;

	for (size_t i = 0; i < c->differences.len; i++)
		drifted += c->differences.items[i].drifted;
	return drifted && drifted < c->differences.len;
}

static const char *comment_of(struct painter *p, const struct change *c, const struct difference *d,
			      bool mixed)
{
	const char *drifted = mixed && d->drifted ? "drifted" : NULL;
	const char *forces =
		d->replaces && c->action == ACTION_REPLACE ? "forces replacement" : NULL;

	if (drifted && forces)
		return arena_printf(p->a, "%s, %s", drifted, forces);
	return drifted ? drifted : forces;
}

/* What AWS falls back to. */
static void paint_reset(struct painter *p, const struct label *l, const struct difference *d)
{
	struct value *def = d->prop ? prop_default(p->a, d->prop) : NULL;
	const char *arrow = p->options->unicode ? "→" : "->", *text;

	if (!def || !value_is_scalar(d->before)) {
		paint_value(p, l, '-', d->prop, d->before);
		return;
	}
	text = arena_printf(p->a, "%s %s %s (default)", show_value(p->a, d->prop, d->before), arrow,
			    show_value(p->a, d->prop, def));
	paint_line(p, l, '~', text);
}

static void paint_difference(struct painter *p, const struct label *l, const struct difference *d)
{
	char sign = !d->before ? '+' : d->after ? '~' : '-';

	if (d->sensitive)
		paint_line(p, l, sign, SHOW_SENSITIVE);
	else if (!d->before)
		paint_value(p, l, '+', d->prop, d->after);
	else if (!d->after)
		paint_reset(p, l, d);
	else
		paint_change(p, l, d->prop, d->before, d->after);
}

static void paint_differences(struct painter *p, const struct change *c)
{
	bool mixed = is_mixed(c);
	size_t width = 0, len = c->action == ACTION_DELETE ? 0 : c->differences.len;
	const struct difference *items = c->differences.items;

	for (size_t i = 0; i < len; i++)
		width = paint_align(width, show_width(items[i].path));
	for (size_t i = 0; i < len; i++) {
		const char *path = show_plain(p->a, items[i].path, strlen(items[i].path));
		struct label l = { PROPERTY_INDENT, path, width,
				   comment_of(p, c, &items[i], mixed) };

		paint_difference(p, &l, &items[i]);
	}
}

static void paint_paths(struct painter *p, const struct change *c)
{
	size_t len =
		c->action == ACTION_UPDATE || c->action == ACTION_REPLACE ? c->differences.len : 0;

	for (size_t i = 0; i < len; i++) {
		const char *path = c->differences.items[i].path;

		fprintf(p->out, "%s%s", i ? ", " : ": ", show_plain(p->a, path, strlen(path)));
	}
	fputc('\n', p->out);
}

static void paint_a_change(struct painter *p, const struct plan *plan, const struct change *c)
{
	paint_header(p, c);
	if (p->options->compact) {
		paint_paths(p, c);
		return;
	}
	fprintf(p->out, " %s\n", describe_action(c));
	paint_reasons(p, plan, c);
	paint_differences(p, c);
	fputc('\n', p->out);
}

/* --- the rest of the plan --- */

static void paint_data_loss(struct painter *p, const struct change *const *changes, size_t len)
{
	bool any = false;

	for (size_t i = 0; i < len; i++) {
		const struct change *c = changes[i];

		if (!c->loses_data)
			continue;
		any = true;
		paint_text(p, INK_RED, "  ! deletes the data of %s%s (%s)",
			   show_plain(p->a, c->address, strlen(c->address)),
			   c->deposed ? arena_printf(p->a, " deposed %s", c->deposed) : "",
			   c->recorded->type_name);
		fputc('\n', p->out);
	}
	if (any)
		fputc('\n', p->out);
}

static void paint_output(struct painter *p, const struct output_change *o, size_t width)
{
	struct label l = { 2, o->name, width, NULL };
	struct difference d = { .before = o->before, .after = o->after, .sensitive = o->sensitive };

	paint_difference(p, &l, &d);
}

static void paint_outputs(struct painter *p, const struct plan *plan)
{
	size_t width = 0;

	if (!plan->outputs.len)
		return;
	fputs("Changes to outputs:\n", p->out);
	for (size_t i = 0; i < plan->outputs.len; i++)
		width = paint_align(width, show_width(plan->outputs.items[i].name));
	for (size_t i = 0; i < plan->outputs.len; i++)
		paint_output(p, &plan->outputs.items[i], width);
	fputc('\n', p->out);
}

static void paint_notes(struct painter *p, const struct plan *plan)
{
	for (size_t i = 0; i < plan->notes.len; i++)
		fprintf(p->out, "Note: %s\n", plan->notes.items[i]);
	if (plan->notes.len)
		fputc('\n', p->out);
}

static void paint_verdict(struct painter *p, const struct plan *plan)
{
	const char *id = plan->operation ? arena_printf(p->a, " %s", plan->operation) : "";

	if (plan->verdict == VERDICT_DRIFT)
		fputs("Only drift: the stack has not changed since it was applied.\n", p->out);
	if (plan->verdict == VERDICT_IN_PROGRESS)
		fprintf(p->out,
			"In progress: operation%s is at work on this stack; plan again when "
			"it has ended.\n",
			id);
	if (plan->verdict == VERDICT_UNFINISHED)
		fprintf(p->out, "Unfinished: operation%s ended half way; apply completes it.\n",
			id);
}

void render_summary(FILE *out, const struct plan *p, const struct render_options *o)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct painter painter = { out, a, o };

	if (p->verdict == VERDICT_EMPTY) {
		paint_text(&painter, INK_GREEN, "No changes.");
		fputs(p->destroy ? " There is nothing to destroy.\n"
				 : " Your infrastructure matches the stack.\n",
		      out);
		return;
	}
	paint_text(&painter, INK_BOLD, "Plan:");
	fprintf(out, " %zu to add, %zu to change, %zu to destroy.\n", p->to_add, p->to_change,
		p->to_destroy);
}

void render_text(FILE *out, const struct plan *p, const struct render_options *o)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct painter painter = { out, a, o };
	const struct change **changes;
	size_t len;

	changes = describe_changes(a, p, &len);
	for (size_t i = 0; i < len; i++) {
		_cleanup_arena_ struct arena *own = arena_new();
		struct painter one = { out, own, o };

		paint_a_change(&one, p, changes[i]);
	}
	if (len && o->compact)
		fputc('\n', out);
	paint_data_loss(&painter, changes, len);
	paint_outputs(&painter, p);
	paint_notes(&painter, p);
	paint_verdict(&painter, p);
	render_summary(out, p, o);
}
