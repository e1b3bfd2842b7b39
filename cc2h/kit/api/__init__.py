"""The API is the pages, spoken as JSON: what stands behind `/api/v1` is the address of a page.

A page takes part by saying what it is (`spec`): the shape that a reading answers, or the form that a writing fills.
The view, the filters, the form, the service and the permissions are the page's own; there are no others.

    @reads(shapes.chin)                          # (context, asat) -> a msgspec.Struct, made of the page's context
    def chin_detail(request, slug):
        …
        return show(request, "chins/chin.html", context)

    @writes(forms.JoinForm)                      # the view ends in cc2h.kit.acts.act
    def chin_join(request, slug): …

    class ChinList(ListPage):
        shape = shapes.ChinItem                  # a row, with the columns of the CSV

`views` answers a request, `calls` is one request while it is answered, `openapi` describes all of it.
"""
