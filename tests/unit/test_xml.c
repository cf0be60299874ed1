#include "test.h"

#include <string.h>

#include "base/arena.h"
#include "base/xml.h"

static struct xml *parse(struct arena *a, const char *text)
{
	const char *why = NULL;
	struct xml *x = xml_parse(a, text, strlen(text), &why);

	if (!x)
		fail_msg("%s", why);
	return x;
}

/* Why the text is refused. */
static const char *refusal(struct arena *a, const char *text, size_t len)
{
	const char *why = NULL;

	assert_null(xml_parse(a, text, len, &why));
	assert_non_null(why);
	assert_null(xml_parse(a, text, len, NULL));
	return why;
}

static void assert_refused(const char *text, const char *expected)
{
	_cleanup_arena_ struct arena *a = arena_new();

	assert_string_equal(refusal(a, text, strlen(text)), expected);
}

TEST(xml_reads_an_error_reply)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct xml *x = parse(a, "<?xml version=\"1.0\"?>\n"
				 "<ErrorResponse xmlns=\"https://sqs.amazonaws.com/doc/\">\n"
				 "  <Error>\n"
				 "    <Type>Sender</Type>\n"
				 "    <Code>QueueExists</Code>\n"
				 "    <Message>A &lt;queue&gt; &amp; "
				 "&quot;more&quot;&#33;</Message>\n"
				 "  </Error>\n"
				 "  <RequestId>42</RequestId>\n"
				 "</ErrorResponse>\n");

	assert_string_equal(x->name, "ErrorResponse");
	assert_string_equal(x->text, "");
	assert_null(x->next);
	assert_string_equal(xml_text(x, "Error/Code"), "QueueExists");
	assert_string_equal(xml_text(x, "Error/Message"), "A <queue> & \"more\"!");
	assert_string_equal(xml_text(x, "RequestId"), "42");
	assert_null(xml_text(x, "Error/Nope"));
	assert_null(xml_text(x, "Nope/Code"));
	assert_null(xml_text(x, "Error/Code/Nope"));
	assert_null(xml_text(x, "Erro"));
	assert_null(xml_text(x, "Errors"));
	assert_string_equal(xml_text(x, ""), "");
	assert_null(xml_text(NULL, "Error"));
}

TEST(xml_keeps_the_order_of_children)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct xml *x = parse(a, "<l><m>1</m><n/><m>2</m></l>");

	assert_string_equal(xml_child(x, "m")->text, "1");
	assert_string_equal(xml_child(x, "m")->next->name, "n");
	assert_string_equal(xml_child(x, "n")->text, "");
	assert_string_equal(xml_child(x, "n")->next->text, "2");
	assert_null(xml_child(x, "n")->next->next);
	assert_null(xml_child(x, "o"));
	assert_null(xml_child(NULL, "m"));
}

TEST(xml_leaf_text_is_exact)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct xml *x = parse(a, "<r><v>  a\n b\t</v><c><![CDATA[<x> & ]]>y</c><e> </e></r>");

	assert_string_equal(xml_text(x, "v"), "  a\n b\t");
	assert_string_equal(xml_text(x, "c"), "<x> & y");
	assert_string_equal(xml_text(x, "e"), " ");
}

TEST(xml_mixed_text_is_trimmed)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct xml *x = parse(a, "<r>\n  one <b>bold</b> two\n</r>");

	assert_string_equal(x->text, "one  two");
	assert_string_equal(xml_text(x, "b"), "bold");
	assert_string_equal(parse(a, "<r>\n <b/>\n</r>")->text, "");
}

TEST(xml_text_after_a_child_is_not_the_childs)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct xml *x = parse(a, "<r><a>1</a>x<b><c>2</c>y</b></r>");

	assert_string_equal(xml_text(x, "a"), "1");
	assert_string_equal(xml_text(x, "b"), "y");
	assert_string_equal(xml_text(x, "b/c"), "2");
	assert_string_equal(x->text, "x");
}

TEST(xml_prefixes_and_attributes_are_dropped)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct xml *x = parse(a, "<s:r xmlns:s='u' i='1'><s:k x='2'>v</s:k></s:r>");

	assert_string_equal(x->name, "r");
	assert_string_equal(xml_text(x, "k"), "v");
}

TEST(xml_other_encodings_become_utf8)
{
	_cleanup_arena_ struct arena *a = arena_new();
	static const char utf16[] = "\xff\xfe<\0a\0>\0\xe4\0<\0/\0a\0>\0";
	struct xml *x;

	x = parse(a, "<?xml version='1.0' encoding='ISO-8859-1'?><r>\xe4</r>");
	assert_string_equal(x->text, "ä");
	x = xml_parse(a, utf16, sizeof(utf16) - 1, NULL);
	assert_non_null(x);
	assert_string_equal(x->text, "ä");
	assert_string_equal(parse(a, "\xef\xbb\xbf<r>ä</r>")->text, "ä");
}

TEST(xml_comments_and_instructions_are_skipped)
{
	_cleanup_arena_ struct arena *a = arena_new();

	assert_string_equal(parse(a, "<!-- a --><r>x<!-- b -->y<?pi z?></r><!-- c -->")->text, "x"
											       "y");
}

TEST(xml_refuses_what_is_not_well_formed)
{
	assert_refused("", "no element found in line 1");
	assert_refused("   \n", "no element found in line 2");
	assert_refused("text", "syntax error in line 1");
	assert_refused("{\"json\": 1}", "not well-formed (invalid token) in line 1");
	assert_refused("<a>\n<b>\n</a>", "mismatched tag in line 3");
	assert_refused("<a>", "no element found in line 1");
	assert_refused("<a/><b/>", "junk after document element in line 1");
	assert_refused("<a>&nbsp;</a>", "undefined entity in line 1");
	assert_refused("<a>\x01</a>", "not well-formed (invalid token) in line 1");
	assert_refused("<a>&#0;</a>", "reference to invalid character number in line 1");
	assert_refused("<a>\xff</a>", "not well-formed (invalid token) in line 1");
	assert_refused("<?xml version='1.0' encoding='EBCDIC-X'?><a/>", "unknown encoding in line "
									"1");
}

TEST(xml_refuses_nul_bytes)
{
	_cleanup_arena_ struct arena *a = arena_new();

	assert_string_equal(refusal(a, "<a>x\0y</a>", 11), "not well-formed (invalid token) in "
							   "line 1");
	assert_string_equal(refusal(a, NULL, 0), "no element found in line 1");
}

TEST(xml_refuses_document_types)
{
	static const char why[] = "it has a document type declaration";

	assert_refused("<!DOCTYPE a><a/>", why);
	assert_refused("<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a>&x;</a>", why);
	assert_refused("<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>", why);
	assert_refused("<!DOCTYPE a [\n"
		       "<!ENTITY a 'lol'>\n"
		       "<!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;'>\n"
		       "<!ENTITY c '&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;'>\n"
		       "]><a>&c;</a>",
		       why);
}

/* `depth` elements in each other. */
static const char *nested(struct arena *a, size_t depth)
{
	struct str s = STR_INIT;
	char *text;

	for (size_t i = 0; i < depth; i++)
		str_add(&s, "<a>");
	str_add(&s, "x");
	for (size_t i = 0; i < depth; i++)
		str_add(&s, "</a>");
	text = str_dup(&s, a);
	str_free(&s);
	return text;
}

TEST(xml_depth_is_limited)
{
	_cleanup_arena_ struct arena *a = arena_new();
	const char *text = nested(a, XML_MAX_DEPTH);
	struct xml *x = parse(a, text);

	for (int i = 1; i < XML_MAX_DEPTH; i++)
		x = xml_child(x, "a");
	assert_string_equal(x->text, "x");
	text = nested(a, XML_MAX_DEPTH + 1);
	assert_string_equal(refusal(a, text, strlen(text)), "elements are nested too deep");
	text = nested(a, 100000);
	assert_string_equal(refusal(a, text, strlen(text)), "elements are nested too deep");
}

/* A root with `n` children. */
static const char *broad(struct arena *a, size_t n)
{
	char *text = arena_alloc(a, 4 * n + 8), *end = text;

	end = stpcpy(end, "<r>");
	for (size_t i = 0; i < n; i++, end += 4)
		memcpy(end, "<a/>", 4);
	memcpy(end, "</r>", 4);
	return text;
}

TEST(xml_nodes_are_limited)
{
	_cleanup_arena_ struct arena *a = arena_new();
	const char *text = broad(a, XML_MAX_NODES - 1);
	size_t n = 0;

	for (struct xml *x = parse(a, text)->child; x; x = x->next)
		n++;
	assert_int_equal(n, XML_MAX_NODES - 1);
	text = broad(a, XML_MAX_NODES);
	assert_string_equal(refusal(a, text, strlen(text)), "it has too many elements");
}

TEST(xml_size_is_limited)
{
	_cleanup_arena_ struct arena *a = arena_new();

	/* The text is not looked at: its length is enough. */
	assert_string_equal(refusal(a, "<a/>", SIZE_MAX), "it is too large");
	assert_string_equal(refusal(a, "<a/>", (size_t)1 << 31), "it is too large");
}

TEST(xml_long_text)
{
	_cleanup_arena_ struct arena *a = arena_new();
	char *text = arena_alloc(a, 1000008);

	memset(text, 'x', 1000007);
	memcpy(text, "<a>", 3);
	memcpy(text + 1000003, "</a>", 4);
	assert_int_equal(strlen(parse(a, text)->text), 1000000);
}

TEST(xml_escape_table)
{
	struct str s = STR_INIT;

	xml_escape(&s, "a&b<c>d\"e'f");
	assert_string_equal(str_text(&s), "a&amp;b&lt;c&gt;d&quot;e&#39;f");
	str_clear(&s);
	xml_escape(&s, "\t\n\r ä€");
	assert_string_equal(str_text(&s), "&#9;&#10;&#13; ä€");
	str_clear(&s);
	xml_escape(&s, "\x01\x1f\xff\xef\xbf\xbf!");
	assert_string_equal(str_text(&s), "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd!");
	str_clear(&s);
	xml_escape(&s, "");
	assert_string_equal(str_text(&s), "");
	str_free(&s);
}

TEST(xml_escaped_text_comes_back)
{
	static const char hostile[] = "]]></a><b>&amp;\r\n\t\"'<!--  x  ";
	_cleanup_arena_ struct arena *a = arena_new();
	struct str s = STR_INIT;

	str_add(&s, "<a>");
	xml_escape(&s, hostile);
	str_add(&s, "</a>");
	assert_string_equal(parse(a, str_text(&s))->text, hostile);
	str_free(&s);
}
