import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Creates } from '../../platform/idempotency/creates.js';
import { Scoped } from '../../platform/security/access.js';
import {
  ActingMember,
  type Actor,
  Caller,
  type Principal,
} from '../../platform/security/principal.js';
import { AnswerGuardrailDto, GuardrailDto, GuardrailListDto } from './dto/guardrail.dto.js';
import { GuardrailsService } from './guardrails.service.js';

@ApiTags('Results')
@Controller('v1/experiments/:key/guardrails')
export class GuardrailsController {
  constructor(private readonly guardrails: GuardrailsService) {}

  /**
   * Lists what must not get worse: whose it is, where it stands, what its owner said, and whether it
   * keeps the change from shipping; beside it what nobody measures and somebody observes by hand.
   * @throws {409} `not-launched`: a draft has no plan yet.
   */
  @Get()
  @Scoped('results:read')
  async listGuardrails(
    @Caller() caller: Principal,
    @Param('key') key: string,
  ): Promise<GuardrailListDto> {
    return await this.guardrails.list(caller.projectId, key);
  }

  /**
   * Answers, as its owner, for a guardrail that does not hold. Without an owner a member of its
   * department answers. An answer is for the state it was given to: when the guardrail gets worse,
   * it must be answered anew.
   * @throws {403} `not-guardrail-owner`: somebody else answers for it.
   * @throws {403} `author-cannot-answer`: you proposed the change, and the department has others.
   * @throws {409} `guardrail-holds`: it is not worse than its margin.
   * @throws {409} `guardrail-not-judged`: it has not been evaluated yet.
   * @throws {409} `not-launched`: a draft has no plan yet.
   * @throws {409} `invalid-state-transition`: it has ended.
   */
  @Post(':metric/answers')
  @Creates()
  @Scoped('experiments:write')
  async answerGuardrail(
    @ActingMember() actor: Actor,
    @Param('key') key: string,
    @Param('metric') metric: string,
    @Body() body: AnswerGuardrailDto,
  ): Promise<GuardrailDto> {
    return await this.guardrails.answer(actor, key, metric, body);
  }
}
