"""Kinds of values in requests: as strict as the forms of the pages, with the same sentences."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from django.core.exceptions import ValidationError
from ninja import Schema
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    StrictInt,
    StrictStr,
)
from pydantic_core import PydanticCustomError

from tickets.conversation.composer import BodyField
from tickets.filing.forms import TitleField
from tickets.services import LONGEST_BODY, MOST_IN_RUN
from ui.keys import LARGEST_KEY


class Input(Schema):
    """The body of a request: what is not declared is refused."""

    model_config = ConfigDict(extra="forbid")


def _by(field):
    """A validator that asks a form field, and refuses with its sentence."""

    def check(text):
        try:
            return field().clean(text)
        except ValidationError as refused:
            code, sentence = refused.error_list[0].code or "invalid", " ".join(refused.messages)
            raise PydanticCustomError(code, "{sentence}", {"sentence": sentence}) from None

    return AfterValidator(check)


def _is_written(value):
    """A moment as text: a number could be seconds or thousandths of them."""
    if not isinstance(value, str | datetime):
        raise PydanticCustomError("datetime_type", "a moment is a text")
    return value


Title = Annotated[StrictStr, _by(TitleField), Field(max_length=1000)]
Body = Annotated[StrictStr, _by(BodyField)]
Note = Annotated[StrictStr, Field(max_length=LONGEST_BODY)]
Reason = Annotated[StrictStr, Field(max_length=500)]
Key = Annotated[StrictInt, Field(ge=1, le=LARGEST_KEY)]
Moment = Annotated[
    AwareDatetime, BeforeValidator(_is_written), Field(examples=["2026-11-29T06:30:00Z"])
]
Keys = Annotated[list[Key], Field(max_length=50)]
Files = Annotated[list[UUID], Field(max_length=50)]
Flag = StrictBool
Score = Annotated[StrictInt, Field(ge=1, le=5)]
Category = Literal["activation", "technical", "financial", "sales"]
Priority = Literal["low", "normal", "high", "urgent", "critical"]
AlertStatus = Literal["firing", "resolved"]
ReportContent = Literal["table", "tickets"]
FileFormat = Literal["csv", "xlsx"]
Then = Literal["wait", "work", "close", "follow_up"]
Intent = Literal["problem", "thanks", "follow_up"]
Relation = Literal["related", "caused_by", "causes"]
BulkAction = Literal["assign", "priority", "category", "tags", "macro", "close"]
Number = Annotated[StrictStr, Field(max_length=30, examples=["KT-549"])]
Numbers = Annotated[list[Number], Field(min_length=1, max_length=MOST_IN_RUN)]
OrganizationKey = Annotated[StrictStr, Field(max_length=40, examples=["pars"])]
